import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Time in which a program has to print its address. */
const READY_MS = 20_000;

/** A running program that has announced its address on standard output. */
export class Program {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    /** The time of the announcement, in `performance.now()`. */
    readonly listeningSince: number,
    private readonly lines: string[],
  ) {}

  /** Starts a program and waits for the line that holds its `http://` address. */
  static async start(binary: string, args: string[]): Promise<Program> {
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const lines: string[] = [];
    const keep = (line: string) => lines.push(line);
    createInterface({ input: child.stderr }).on('line', keep);

    const announced = new Promise<string>((resolve, reject) => {
      const complain = (what: string) => reject(new Error(`${binary} ${what}\n${lines.join('\n')}`));
      const timer = setTimeout(() => complain('did not print its address'), READY_MS);
      child.once('error', (error) => complain(error.message));
      child.once('exit', (code) => complain(`ended with ${code} before it was ready`));
      createInterface({ input: child.stdout }).on('line', (line) => {
        keep(line);
        const address = /http:\/\/[^\s/]+/.exec(line)?.[0];
        if (address) {
          clearTimeout(timer);
          resolve(address);
        }
      });
    });
    const url = await announced;
    return new Program(child, url, performance.now(), lines);
  }

  /** Sends a signal and waits until the process is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Everything the program printed. */
  get output(): string {
    return this.lines.join('\n');
  }
}

/** The path of a program from the environment. */
export function binary(variable: 'INBOX_BIN' | 'EMULATOR_BIN'): string {
  const path = process.env[variable];
  if (!path) throw new Error(`${variable} is not set. Run the tests with \`cargo xtask test\`.`);
  return path;
}
