import fc from 'fast-check';

/**
 * Gives property tests the same random cases in every run. Whether a change may land must not depend on luck;
 * runs at a developer's desk keep drawing new cases, and what they find becomes a test of its own.
 */
fc.configureGlobal({ seed: 20261122 });
