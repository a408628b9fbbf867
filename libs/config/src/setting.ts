import 'reflect-metadata';

export interface Setting {
  /** The variable of the environment; `<variable>_FILE` names a file that holds the value. */
  readonly variable: string;
  readonly property: string;
  /** What a person needs to know to set it. */
  readonly description: string;
}

const KEY = Symbol('skein:settings');

/** The settings of a configuration class, those of its parents first. */
export function settingsOf(type: abstract new () => object): readonly Setting[] {
  return (Reflect.getMetadata(KEY, type.prototype as object) as Setting[] | undefined) ?? [];
}

/** Reads a property of a configuration class from the environment. Its initial value is the default. */
export function FromEnvironment(variable: string, description: string): PropertyDecorator {
  return (target, property) => {
    const inherited = (Reflect.getMetadata(KEY, target) as Setting[] | undefined) ?? [];
    const setting = { variable, property: String(property), description };
    Reflect.defineMetadata(KEY, [...inherited, setting], target);
  };
}
