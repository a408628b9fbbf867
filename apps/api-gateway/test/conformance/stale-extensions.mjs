/** Fails a run of all specs of the gateway in which an entry of the extensions was needed by none of them. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(process.cwd(), '.skein/conformance');

function stale() {
  const told = readdirSync(folder).map((file) =>
    JSON.parse(readFileSync(join(folder, file), 'utf8')),
  );
  const used = new Set(told.flatMap((one) => one.used));
  return [...new Set(told.flatMap((one) => one.known))].filter((entry) => !used.has(entry));
}

export default class StaleExtensions {
  constructor({ testPathPatterns, testNamePattern }) {
    this.isWhole = testPathPatterns.patterns.length === 0 && !testNamePattern;
  }

  onRunStart() {
    rmSync(folder, { recursive: true, force: true });
  }

  onRunComplete(_contexts, { numFailedTests, numRuntimeErrorTestSuites }) {
    const failed = numFailedTests + numRuntimeErrorTestSuites > 0;
    if (!this.isWhole || failed || !existsSync(folder)) return;
    const entries = stale();
    if (entries.length === 0) return;
    this.error = new Error(`test/conformance/extensions.ts: no test uses ${entries.join(', ')}`);
    process.stderr.write(`${this.error.message}\n`);
  }

  getLastError() {
    return this.error;
  }
}
