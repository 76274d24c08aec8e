import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Debian's nginx, which is not in every user's PATH. */
const NGINX = '/usr/sbin/nginx';

/** The lines that the product's README recommends for a `location`. */
export const FORWARDED = [
  'proxy_set_header Host $http_host;',
  'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
  'proxy_set_header X-Forwarded-Proto $scheme;',
];

/** An nginx of its own on loopback: TLS, HTTP/2, buffering and compression, before one server. */
export class Nginx {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly lines: string[],
  ) {}

  static async start(port: number, upstream: string, location: string[]): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), 'inbox-pirata-nginx-'));
    await certificate(folder);
    await writeFile(join(folder, 'nginx.conf'), configuration(port, upstream, location));
    const child = spawn(NGINX, ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const lines: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const complain = (what: string) => reject(new Error(`nginx ${what}\n${lines.join('\n')}`));
      child.once('error', (error) => complain(`${error.message}. Run \`cargo xtask setup\`.`));
      child.once('exit', (code) => complain(`ended with ${code}`));
      createInterface({ input: child.stderr! }).on('line', (line) => {
        lines.push(line);
        // It listens before it starts its workers.
        if (/start worker process \d/.test(line)) resolve();
      });
    });
    return new Nginx(child, folder, lines);
  }

  /** Stops it and removes its folder. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await exited;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  get output(): string {
    return this.lines.join('\n');
  }
}

/** A port that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function configuration(port: number, upstream: string, location: string[]): string {
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
worker_processes 1;
user root;
pid nginx.pid;
error_log stderr notice;
events {}
http {
  access_log off;
  ${scratch.map((name) => `${name}_temp_path ${name};`).join(' ')}
  types { text/html html; }
  gzip on;
  gzip_proxied any;
  gzip_min_length 1;
  gzip_types text/event-stream text/css application/javascript application/json application/wasm;
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate certificate.pem;
    ssl_certificate_key key.pem;
    location / {
      proxy_pass ${upstream};
      proxy_buffering on;
      client_max_body_size 5m;
      ${location.join('\n      ')}
    }
  }
}
`;
}

/** Makes a self-signed certificate for 127.0.0.1. */
async function certificate(folder: string): Promise<void> {
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const child = spawn('openssl', ['req', '-x509', '-days', '2', ...key, ...subject, ...files], { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`openssl ended with ${code}`);
}
