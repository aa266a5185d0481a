import { describe, expect, test } from '@jest/globals';
import { ClientPresence } from './client-presence.ts';

describe('ClientPresence', () => {
  test('tells whoever listens that the client has left, once', () => {
    const presence = new ClientPresence();
    const told: string[] = [];
    const forgotten = (): void => void told.push('forgotten');
    presence.addEventListener('abort', () => told.push('first'));
    presence.addEventListener('abort', forgotten);
    presence.addEventListener('abort', () => told.push(`aborted: ${presence.aborted}`));
    presence.removeEventListener('abort', forgotten);
    expect(presence.aborted).toBe(false);
    presence.leave();
    presence.leave();
    expect(told).toEqual(['first', 'aborted: true']);
  });
});
