// RFC 9110 §5.5. A line break in a value would be a header of the caller's choice.
const forbiddenInValue = /[^\t\u0020-\u007e\u0080-\u00ff]/;

/** The headers of one request, as lines of HTTP/1.1. Most requests never need them in another form. */
export class RequestHeaders {
  /** `name: value` and a line break, for each. One character is one byte. */
  lines: string;

  constructor(lines = '') {
    this.lines = lines;
  }

  copy(): RequestHeaders {
    return new RequestHeaders(this.lines);
  }

  /** Adds a value this gateway has made itself. */
  addOwn(name: string, value: string): this {
    this.lines += `${name}: ${value}\r\n`;
    return this;
  }

  /** Adds a value that came from outside. @throws Error for one that no header may have */
  addForeign(name: string, value: string): this {
    if (forbiddenInValue.test(value)) throw new InvalidHeader(name);
    return this.addOwn(name, value);
  }

  /** Name, value, name, value: as undici takes them. */
  toList(): string[] {
    return this.lines
      .split('\r\n')
      .slice(0, -1)
      .flatMap((line) => {
        const colon = line.indexOf(': ');
        return [line.slice(0, colon), line.slice(colon + 2)];
      });
  }
}

export class InvalidHeader extends Error {
  override readonly name = 'InvalidHeader';
  readonly code = 'TRELLIS_INVALID_HEADER';
  constructor(header: string) {
    super(`the value of the header "${header}" holds characters that no header may have`);
  }
}
