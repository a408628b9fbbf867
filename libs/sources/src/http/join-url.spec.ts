import { describe, expect, it } from '@jest/globals';
import { joinUrl } from './join-url.js';

describe('joining URL and suffix', () => {
  it.each([
    ['https://h.example/a', undefined, 'https://h.example/a'],
    ['https://h.example/a', 'b', 'https://h.example/a/b'],
    ['https://h.example/a/', 'b', 'https://h.example/a/b'],
    ['https://h.example/a', '/b', 'https://h.example/a/b'],
    ['https://h.example/a/', '/b', 'https://h.example/a/b'],
    ['https://h.example/a', '?b=c', 'https://h.example/a?b=c'],
    ['https://h.example', '?b=c', 'https://h.example/?b=c'],
    ['https://h.example/a?b=c', '&d=e', 'https://h.example/a?b=c&d=e'],
    ['https://h.example', '.evil.example/', 'https://h.example/.evil.example/'],
    ['https://h.example', '@evil.example/', 'https://h.example/@evil.example/'],
    ['https://h.example', ':8080/', 'https://h.example/:8080/'],
  ])('%s + %s', (url, suffix, joined) => {
    expect(joinUrl(url, suffix).href).toBe(joined);
  });

  it.each([
    ['https://h.example/a', '../b'],
    ['https://h.example/a', '%2e%2e/b'],
    ['https://h.example/a', 'x%2f..%2f..%2fb'],
    ['https://h.example/a', 'x%5C%2E%2E/b'],
    ['https://h.example/', '#fragment'],
    ['https://user:secret@h.example/', 'a'],
    ['ftp://h.example/', 'a'],
    ['file:///etc/', 'passwd'],
  ])('refuses %s + %s', (url, suffix) => {
    expect(() => joinUrl(url, suffix)).toThrow(expect.objectContaining({ code: 'refused' }));
  });

  it.each([
    ['https://h.example/', 'a\r\nb'],
    ['https://h.example/', 'a\0b'],
    ['https://h.example/', '\\\\evil.example'],
    ['not a URL', ''],
    ['https://', ''],
  ])('finds %j + %j invalid', (url, suffix) => {
    expect(() => joinUrl(url, suffix)).toThrow(expect.objectContaining({ code: 'invalid' }));
  });
});
