/** How the API is reached. Tokens and certificates are asked for at each use, since they are renewed. */
export type KubernetesConnection =
  | { mode: 'in-cluster' }
  | { mode: 'kubeconfig'; file: string; context?: string }
  | {
      mode: 'address';
      /** `https://host:port` */
      address: string;
      token: () => string;
      /** PEM; the system's certificates without it. */
      ca?: () => string;
    };

export interface KubernetesSettings {
  connection: KubernetesConnection;
  /** `namespace`, `<organisation uid>/namespace` or `*`. None: nothing can be read. */
  allowedNamespaces: readonly string[];
}
