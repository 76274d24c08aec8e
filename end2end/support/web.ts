import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { square } from './files.ts';

const HTML = `<!doctype html><title>Loja</title>
  <meta property="og:title" content="Camiseta azul">
  <meta property="og:description" content="100% algod&atilde;o &lt;script&gt;alert(1)&lt;/script&gt;">
  <meta property="og:image" content="/azul.png">`;

/** A page of the web on this machine, which counts as part of the web for the server under test. */
export interface Web {
  link: string;
  /** The paths that were requested. */
  visits: string[];
}

/** Serves a page about a blue shirt with a picture. */
export async function serveWeb(): Promise<Web> {
  const visits: string[] = [];
  const server = createServer((request, response) => {
    visits.push(request.url ?? '');
    const isPicture = request.url === '/azul.png';
    response.setHeader('content-type', isPicture ? 'image/png' : 'text/html; charset=utf-8');
    response.end(isPicture ? square(120, [20, 40, 200]) : HTML);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It ends with the tests.
  server.unref();
  return { link: `http://127.0.0.1:${(server.address() as AddressInfo).port}/azul`, visits };
}
