import { randomInt } from 'node:crypto';
import type { Carrier } from './tables.ts';

const prefixes: Readonly<Record<Carrier, string>> = {
  DHL: 'JD',
  FEDEX: 'FX',
  POSTNORD: 'PN',
  UPS: '1Z',
};

/**
 * Writes a tracking number as the carriers do: prefix, ten digits, check digit.
 * @param serial at least 0, below 10^10
 */
export function writeTrackingNumber(carrier: Carrier, serial: number): string {
  const digits = String(serial).padStart(10, '0');
  return `${prefixes[carrier]}${digits}${checkDigit(digits)}`;
}

export function newTrackingNumber(carrier: Carrier): string {
  // The seeded ones begin with zeros; 10^10 is beyond what randomInt gives at once.
  return writeTrackingNumber(carrier, randomInt(1, 10_000) * 1_000_000 + randomInt(1_000_000));
}

/** Luhn, ISO/IEC 7812-1 annex B: finds every single wrong digit. */
function checkDigit(digits: string): number {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const weighted = place % 2 === 0 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return (10 - (sum % 10)) % 10;
}
