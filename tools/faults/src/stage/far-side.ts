import { execFileSync } from 'node:child_process';
import { freeSubnet, ownNetworks, type Subnet } from './subnet.js';

const name = `skein-faults-${process.pid}`;
const nearEnd = `skein-${process.pid}`;
const farEnd = 'far';

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}

function inFar(...args: string[]): void {
  ip('-n', name, ...args);
}

/** Ours is all that has these names; what is not there any more need not be removed. */
function remove(): void {
  for (const args of [
    ['link', 'delete', nearEnd],
    ['netns', 'delete', name],
  ]) {
    try {
      ip(...args);
    } catch {
      // It was not there.
    }
  }
}

function make({ near, far, prefix }: Subnet): void {
  ip('netns', 'add', name);
  ip('link', 'add', nearEnd, 'type', 'veth', 'peer', 'name', farEnd, 'netns', name);
  ip('address', 'add', `${near}/${prefix}`, 'dev', nearEnd);
  ip('link', 'set', nearEnd, 'up');
  inFar('address', 'add', `${far}/${prefix}`, 'dev', farEnd);
  inFar('link', 'set', 'lo', 'up');
  inFar('link', 'set', farEnd, 'up');
}

/** A network namespace, and the one cable between it and everything else. */
export class FarSide {
  /** Before the command of what shall run there. */
  readonly inside: readonly string[] = ['ip', 'netns', 'exec', name];

  private constructor(
    /** The address of this side. */
    readonly near: string,
    /** The address of that side. */
    readonly far: string,
  ) {}

  /** Why there can be none here; undefined when there can. */
  static obstacle(): string | undefined {
    try {
      make(freeSubnet(process.pid, ownNetworks()));
      return undefined;
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: Buffer };
      const reason = stderr?.toString().trim() || message;
      return `network namespaces need Linux, root and \`ip\` of iproute2: ${reason}`;
    } finally {
      remove();
    }
  }

  static open(resources: AsyncDisposableStack): FarSide {
    const subnet = freeSubnet(process.pid, ownNetworks());
    resources.defer(async () => remove());
    make(subnet);
    return new FarSide(subnet.near, subnet.far);
  }

  /** Nothing gets through from now on; nobody is told. */
  cut(): void {
    inFar('link', 'set', farEnd, 'down');
  }

  heal(): void {
    inFar('link', 'set', farEnd, 'up');
  }
}
