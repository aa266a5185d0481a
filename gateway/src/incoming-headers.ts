/** Header names in lower case; several values of one name are joined as in RFC 9110 §5.3. */
export type IncomingHeaders = Readonly<Record<string, string | undefined>>;
