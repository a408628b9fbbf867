import { expect, it } from '@jest/globals';
import { AnswerReader } from './answers.js';

const document = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nx: y\r\n\r\n{"a"';
const nothing = 'HTTP/1.1 204 No Content\r\nx: y\r\n\r\n';

it('takes answers apart, however they arrive', () => {
  const whole = new AnswerReader();
  const both = [
    { status: 200, body: '{"a"' },
    { status: 204, body: '' },
  ];
  expect(whole.read(document + nothing)).toEqual(both);
  const parts = new AnswerReader();
  expect([...(document + nothing)].flatMap((letter) => parts.read(letter))).toEqual(both);
  expect(() => new AnswerReader().read('SSH-2.0\r\n\r\n')).toThrow('no answer of HTTP');
});
