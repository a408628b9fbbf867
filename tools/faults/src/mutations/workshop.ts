import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mutated, type Mutation, type ProvingTests } from './mutation.js';

/** How a run of tests ended. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Test files that did not even run. */
  readonly broken: number;
}

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** Our own packages are links into the sources, so the copy has its own. */
const OWN = '@skein';

/** A copy of the sources to break, with the packages and the tools of the original. */
export class Workshop {
  private constructor(
    private readonly folder: string,
    private readonly signal: AbortSignal,
  ) {}

  static open(root: string, signal: AbortSignal): Workshop {
    const folder = mkdtempSync(join(tmpdir(), 'skein-mutations-'));
    const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const files = execFileSync('git', listing, { cwd: root, encoding: 'utf8' }).split('\0');
    for (const file of files) {
      if (file && existsSync(join(root, file))) cpSync(join(root, file), join(folder, file));
    }
    const packages = join(root, 'node_modules');
    mkdirSync(join(folder, 'node_modules', OWN), { recursive: true });
    for (const name of readdirSync(packages)) {
      if (name !== OWN) symlinkSync(join(packages, name), join(folder, 'node_modules', name));
    }
    cpSync(join(packages, OWN), join(folder, 'node_modules', OWN), {
      recursive: true,
      verbatimSymlinks: true,
    });
    const tools = join(root, '.skein', 'tools');
    mkdirSync(join(folder, '.skein'));
    if (existsSync(tools)) symlinkSync(tools, join(folder, '.skein', 'tools'));
    return new Workshop(folder, signal);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs the tests as the sources are. */
  run({ project, patterns }: ProvingTests): Promise<Outcome> {
    const folder = join(this.folder, project);
    const tool = join(this.folder, 'tools', 'workspace', 'test.mjs');
    const report = join(
      this.folder,
      '.skein',
      'test-results',
      `${project.replaceAll('/', '-')}.json`,
    );
    rmSync(report, { force: true });
    return new Promise((resolve, reject) => {
      const { signal } = this;
      const child = spawn(process.execPath, [tool, ...patterns], {
        cwd: folder,
        stdio: 'ignore',
        signal,
      });
      child.once('error', reject);
      child.once('close', () => resolve(read(report)));
    });
  }

  /** Runs the tests without the safeguard, which is back when this resolves. @throws MutationDoesNotFit */
  async runWithout(mutation: Mutation): Promise<Outcome> {
    const file = join(this.folder, mutation.file);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, mutated(text, mutation));
    try {
      return await this.run(mutation.tests);
    } finally {
      writeFileSync(file, text);
    }
  }
}

function read(report: string): Outcome {
  if (!existsSync(report)) return { passed: 0, failed: 0, broken: 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  ) as JestReport;
  return { passed: numPassedTests, failed: numFailedTests, broken: numRuntimeErrorTestSuites };
}
