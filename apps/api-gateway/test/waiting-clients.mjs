/**
 * Clients in a process of their own, so that the gateway's memory is measured without theirs: the devices `d0` and on wait
 * for a document, by `rest` on a connection each, by `grpc` all on one; or there are just connections (`grpc-connections`),
 * or calls on one whose message does not come (`grpc-silent`).
 * `node waiting-clients.mjs <how> <port> <token> <count>`; they stay until their standard input ends.
 */
import { connect as http2 } from 'node:http2';
import { connect } from 'node:net';

const [how, port, token, count] = process.argv.slice(2);

/** A field of protobuf with a text. */
const text = (number, value) =>
  Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), Buffer.from(value)]);

/** A message as gRPC frames it. */
function framed(message) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

const session = () => http2(`http://127.0.0.1:${port}`);

const begin = {
  rest: () => (device) =>
    connect(Number(port), '127.0.0.1').write(
      `GET /api/v1/devices/${device}/rendered?knownRenderedVersion=0 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\n\r\n`,
    ),
  grpc: () => {
    const one = session();
    return (device) =>
      one
        .request({
          ':method': 'POST',
          ':path': '/skein.v1.DeviceService/GetRenderedDevice',
          'content-type': 'application/grpc',
          te: 'trailers',
          authorization: `Bearer ${token}`,
        })
        .end(framed(Buffer.concat([text(1, device), text(2, '0')])));
  },
  'grpc-connections': () => () => session(),
  'grpc-silent': () => {
    const one = session();
    return () =>
      one
        .request({
          ':method': 'POST',
          ':path': '/skein.v1.AboutService/GetVersion',
          'content-type': 'application/grpc',
          te: 'trailers',
        })
        .write(Buffer.from([0, 0, 0, 0, 9, 1, 2]));
  },
};

const client = begin[how]();
for (let number = 0; number < Number(count); number += 1) client(`d${number}`);
process.stdin.resume().on('end', () => process.exit());
