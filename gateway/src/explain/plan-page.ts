/** Placeholder until the page is drawn. */
export const planPage = '<!doctype html><title>Plan</title>';
