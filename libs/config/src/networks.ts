import { isIP } from 'node:net';
import { IsArray, ValidateBy } from 'class-validator';

/** An address, or a network as `10.0.0.0/8`. */
export function isNetwork(text: unknown): boolean {
  const [address = '', bits, ...more] = String(text).split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)];
  if (most === undefined || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}

/** A setting of addresses and networks. */
export const AreNetworks = (): PropertyDecorator => (target, property) => {
  IsArray()(target, property);
  ValidateBy(
    { name: 'areNetworks', validator: { validate: isNetwork } },
    { each: true, message: '$property must have addresses and networks, as 192.0.2.7,10.0.0.0/8' },
  )(target, property);
};
