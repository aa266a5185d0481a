import { sampleUsers, type ShopUser } from './sample-users.ts';

export interface SignInPageInput {
  /** Where the form goes. */
  readonly action: string;
  /** What asks, for the person to read. */
  readonly clientName: string;
  /** Why the last try failed. */
  readonly problem?: string | undefined;
}

/** What each role is there to show. */
const tellings: Readonly<Record<ShopUser['role'], string>> = {
  CUSTOMER: 'customer: own orders, payments and addresses',
  SUPPORT: 'support staff: orders of all, but no payment details',
  WAREHOUSE: 'warehouse staff: stock and the shipments of one region',
  ADMIN: 'administrator: the catalog and prices too',
};

/** The page on which a developer chooses who to be. There are no passwords, and the page says so. */
export function renderSignInPage({ action, clientName, problem }: SignInPageInput): string {
  const people = sampleUsers.map(renderUser).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trellis: sign in</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 2rem auto; padding: 0 1rem; color: #1d2330; background: #fff }
.note { border-left: 4px solid #b45309; padding: .4rem .8rem; background: #fff7ed }
.problem { color: #b91c1c }
button { font: inherit; text-align: left; padding: .5rem .8rem; border: 1px solid #c3c9d5; border-radius: .4rem; background: #f7f8fa; cursor: pointer; color: inherit }
li button { width: 100% }
button:hover, button:focus-visible { border-color: #2563eb; background: #eff4ff }
ul { list-style: none; padding: 0 } li { margin: .4rem 0 }
small { display: block; color: #525b6b }
input { font: inherit; padding: .45rem .6rem; border: 1px solid #c3c9d5; border-radius: .4rem; width: 16rem; max-width: 60% }
</style>
</head>
<body>
<h1>Who do you want to be?</h1>
<p class="note"><strong>Development only.</strong> Nobody is asked for a password here. In production this page does not exist.</p>
<p>${escapeHtml(clientName)} asks for a user of the sample shop.</p>
${problem ? `<p class="problem" role="alert">${escapeHtml(problem)}</p>` : ''}
<form method="post" action="${escapeHtml(action)}">
<ul>
${people}
</ul>
</form>
<form method="post" action="${escapeHtml(action)}">
<label>Somebody else, by username: <input name="user" required autocomplete="off" spellcheck="false"></label>
<button>Sign in</button>
</form>
</body>
</html>
`;
}

function renderUser({ username, name, role, region }: ShopUser): string {
  return `<li><button name="user" value="${escapeHtml(username)}">${escapeHtml(name)} <code>${escapeHtml(username)}</code><small>${escapeHtml(tellings[role])} (${region})</small></button></li>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
