import { generateKeyPairSync, sign, X509Certificate, type KeyObject } from 'node:crypto';

/** A certificate and its key, both as PEM. */
export interface Issued {
  readonly name: string;
  readonly cert: string;
  readonly key: string;
  readonly privateKey: KeyObject;
}

// The few shapes of DER (X.690) that a certificate (RFC 5280 §4.1) is made of.
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length =
    content.length < 128
      ? [content.length]
      : content.length < 256
        ? [0x81, content.length]
        : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const objectId = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const bits = (content: Buffer): Buffer => der(0x03, Buffer.from([0]), content);
const time = (date: Date): Buffer =>
  der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));

const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'));
const isTrue = der(0x01, Buffer.from([0xff]));

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(objectId('550403'), der(0x0c, Buffer.from(commonName)))));
}

/** @param isAuthority whether it may sign others */
function extensionsOf(name: string, isAuthority: boolean): Buffer {
  const constraints = sequence(...(isAuthority ? [isTrue] : []));
  const names = sequence(der(0x82, Buffer.from(name)));
  return der(
    0xa3,
    sequence(
      sequence(objectId('551d13'), isTrue, der(0x04, constraints)),
      sequence(objectId('551d11'), der(0x04, names)),
    ),
  );
}

let serial = 0;

/**
 * Makes a certificate, valid for a day.
 * @param issuer who signs it; without one it signs itself and may sign others
 */
export function makeCertificate(name: string, issuer?: Issued): Issued {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  serial += 1;
  const day = 24 * 3_600_000;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([serial])),
    ecdsaWithSha256,
    nameOf(issuer?.name ?? name),
    sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + day))),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    extensionsOf(name, issuer === undefined),
  );
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey);
  const certificate = new X509Certificate(sequence(body, ecdsaWithSha256, bits(signature)));
  return {
    name,
    cert: certificate.toString(),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privateKey,
  };
}
