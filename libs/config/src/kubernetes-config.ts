import {
  IsArray,
  IsDefined,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  ValidateIf,
} from 'class-validator';
import { Credential } from './credential.js';
import { SealingConfig } from './sealing-config.js';
import { FromEnvironment } from './setting.js';

const MODES = ['off', 'in-cluster', 'kubeconfig', 'address'] as const;
type Mode = (typeof MODES)[number];

const inMode = (mode: Mode) =>
  ValidateIf((config: KubernetesConfig) => config.kubernetesMode === mode);

/** The cluster that a service reads secrets from. */
export class KubernetesConfig extends SealingConfig {
  @FromEnvironment(
    'SKEIN_KUBERNETES_MODE',
    'how the cluster is reached whose secrets templates may name: off, in-cluster, kubeconfig or address',
  )
  @IsIn(MODES)
  kubernetesMode: Mode = 'off';

  @FromEnvironment('SKEIN_KUBERNETES_KUBECONFIG', 'the kubeconfig file of mode kubeconfig')
  @inMode('kubeconfig')
  @IsString()
  kubernetesKubeconfig?: string;

  @FromEnvironment('SKEIN_KUBERNETES_CONTEXT', 'another context of it than its current one')
  @IsOptional()
  @IsString()
  kubernetesContext?: string;

  @FromEnvironment('SKEIN_KUBERNETES_ADDRESS', 'https://host:port of the API, in mode address')
  @inMode('address')
  @Matches(/^https:\/\/[^/?#@\s]+$/)
  kubernetesAddress?: string;

  @FromEnvironment('SKEIN_KUBERNETES_TOKEN', 'the bearer token of mode address')
  @inMode('address')
  @IsDefined()
  kubernetesToken?: Credential;

  @FromEnvironment(
    'SKEIN_KUBERNETES_CA',
    "certificates (PEM) to trust in mode address, instead of the system's",
  )
  kubernetesCa?: Credential;

  @FromEnvironment(
    'SKEIN_KUBERNETES_ALLOWED_NAMESPACES',
    'namespaces whose secrets templates may name: namespace, organisation uid/namespace, or * for all',
  )
  @IsArray()
  kubernetesAllowedNamespaces: string[] = [];

  /** As libs/sources takes it; undefined when it is off. */
  get kubernetesSettings() {
    const connection = this.#connection();
    return connection && { connection, allowedNamespaces: this.kubernetesAllowedNamespaces };
  }

  #connection() {
    if (this.kubernetesMode === 'in-cluster') return { mode: 'in-cluster' as const };
    if (this.kubernetesMode === 'kubeconfig') {
      const file = this.kubernetesKubeconfig!;
      return { mode: 'kubeconfig' as const, file, context: this.kubernetesContext };
    }
    if (this.kubernetesMode === 'off') return undefined;
    return {
      mode: 'address' as const,
      address: this.kubernetesAddress!,
      token: this.kubernetesToken!.read,
      ca: this.kubernetesCa?.read,
    };
  }
}
