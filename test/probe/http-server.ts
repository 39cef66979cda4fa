import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';

/** Web server for tests on 10.9.2.2: 80 speaks HTTP, 81 takes connections and says nothing, 82 hangs up, 83 cuts off. */
const page = 'x'.repeat(612);
const address = '10.9.2.2';
let open = 4;
const up = (): void => {
  open -= 1;
  if (open === 0) console.log('up');
};

createServer((request, response) => {
  response.statusCode = request.url === '/' ? 200 : 404;
  response.setHeader('X-Host', request.headers.host ?? '');
  response.end(request.url === '/host' ? request.headers.host : page);
}).listen(80, address, up);
createTcpServer(() => undefined).listen(81, address, up);
createTcpServer((socket) => socket.end()).listen(82, address, up);
createTcpServer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort')).listen(83, address, up);
process.stdin.resume().on('end', () => process.exit());
