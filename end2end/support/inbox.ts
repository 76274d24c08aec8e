import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Emulator } from './emulator.ts';
import { Program, binary } from './program.ts';

export interface User {
  name: string;
  email: string;
  password: string;
}

export type Role = 'admin' | 'atendente';

/** The result of a run of the command line. */
export interface Finished {
  code: number | null;
  output: string;
}

/** The product: one server with a data folder of its own. */
export class Inbox {
  private constructor(
    private program: Program,
    readonly dataDir: string,
    private readonly flags: string[],
  ) {}

  static async start(emulator: Emulator, more: string[] = []): Promise<Inbox> {
    const dataDir = await mkdtemp(join(tmpdir(), 'inbox-pirata-end2end-'));
    const flags = ['--data-dir', dataDir, '--whatsapp-ws-url', emulator.webSocketUrl, ...more];
    return new Inbox(await serve('127.0.0.1:0', flags), dataDir, flags);
  }

  /** Restores a backup into a data folder of its own and starts from there. */
  static async restored(emulator: Emulator, backup: string, passphrase: string): Promise<Inbox> {
    const dataDir = await mkdtemp(join(tmpdir(), 'inbox-pirata-end2end-'));
    const finished = await command(['--data-dir', dataDir, 'restore', backup, '--passphrase-stdin'], `${passphrase}\n`);
    if (finished.code !== 0) throw new Error(`could not restore ${backup}: ${finished.output}`);
    const flags = ['--data-dir', dataDir, '--whatsapp-ws-url', emulator.webSocketUrl];
    return new Inbox(await serve('127.0.0.1:0', flags), dataDir, flags);
  }

  /** Stops it and removes its data. */
  async remove(): Promise<void> {
    await this.program.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** Writes a backup of it, whether it runs or not. */
  async backup(file: string, passphrase: string): Promise<Finished> {
    return command(['--data-dir', this.dataDir, 'backup', file, '--passphrase-stdin'], `${passphrase}\n`);
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    await this.program.stop(signal);
  }

  /** Starts it again at its old address, where open pages look for it. */
  async startAgain(): Promise<void> {
    this.program = await serve(new URL(this.url).host, this.flags);
  }

  get url(): string {
    return this.program.url;
  }

  /** The link for the first administrator, which the server prints while there is no user. */
  get setupLink(): string {
    const link = /^Primeiro acesso: (\S+)$/m.exec(this.output)?.[1];
    if (!link) throw new Error(`no link for the first administrator in\n${this.output}`);
    return link;
  }

  /** The time this process began to listen, in `performance.now()`. */
  get listeningSince(): number {
    return this.program.listeningSince;
  }

  get isRunning(): boolean {
    return this.program.isRunning;
  }

  get output(): string {
    return this.program.output;
  }

  /** Adds a user from the command line. */
  async addUser(name: string, role: Role = 'atendente'): Promise<User> {
    const user = { name, email: `${slug(name)}@exemplo.com.br`, password: `tambor lua ${slug(name)} 9` };
    const args = ['--data-dir', this.dataDir, 'user', 'add', '--email', user.email, '--name', name];
    const finished = await command([...args, '--role', role, '--password-stdin'], `${user.password}\n`);
    if (finished.code !== 0) throw new Error(`could not add ${name}: ${finished.output}`);
    return user;
  }
}

/** Runs the program to its end. */
export async function command(args: string[], input = ''): Promise<Finished> {
  const child = spawn(binary('INBOX_BIN'), args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  // A program that refuses its arguments ends without reading.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/**
 * Flags that shorten pauses of the product: a page whose stream was cut off connects again after 3
 * s otherwise, and a stream notices after up to 10 s that its user logged out.
 */
const SHORT_PAUSES = ['--live-retry', '250ms', '--live-recheck', '1s'];

function serve(listen: string, flags: string[]): Promise<Program> {
  return Program.start(binary('INBOX_BIN'), ['--listen', listen, ...SHORT_PAUSES, ...flags]);
}

function slug(name: string): string {
  return name.toLowerCase().normalize('NFD').replace(/[^a-z]/g, '');
}
