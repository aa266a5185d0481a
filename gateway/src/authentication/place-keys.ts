import type { AuthenticationOptions, IssuerOptions } from './options.ts';

type Place = <Path extends string | undefined>(file: Path) => Path;

/** Names the files of keys by their full paths. */
export function placeKeys(options: AuthenticationOptions, place: Place): AuthenticationOptions {
  const { apiKeys, issuers } = options;
  return {
    ...options,
    issuers: issuers.map((issuer) => ({ ...issuer, keys: placeIssuerKeys(issuer.keys, place) })),
    apiKeys: apiKeys && {
      ...apiKeys,
      file: place(apiKeys.file),
      lastUseFile: place(apiKeys.lastUseFile),
    },
  };
}

function placeIssuerKeys(keys: IssuerOptions['keys'], place: Place): IssuerOptions['keys'] {
  if (keys === undefined) return undefined;
  if ('jwksFile' in keys) return { jwksFile: place(keys.jwksFile) };
  return 'pemFile' in keys ? { pemFile: place(keys.pemFile) } : keys;
}
