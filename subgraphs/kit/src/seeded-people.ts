import { createSeedRandom } from './database/seed-random.ts';

/** How a seeded user is called. Accounts keep it; reviews show the username without asking accounts. */
export interface SeededPerson {
  readonly name: string;
  /** Unique: the index is in it. */
  readonly username: string;
}

const givenNames = [
  'Ada', 'Alan', 'Amara', 'Anders', 'Astrid', 'Barbara', 'Bjarne', 'Carmen', 'Chen', 'Dara',
  'Edsger', 'Elif', 'Emeka', 'Fatima', 'Frances', 'Grace', 'Hana', 'Hedy', 'Ines', 'Ingrid',
  'Jamal', 'Joan', 'Kaito', 'Katherine', 'Keiko', 'Lars', 'Leila', 'Linus', 'Mai', 'Margaret',
  'Mateo', 'Mei', 'Nadia', 'Niklaus', 'Noor', 'Olga', 'Priya', 'Radia', 'Ravi', 'Rosa',
  'Sakura', 'Shafi', 'Sofia', 'Tariq', 'Tove', 'Uma', 'Vera', 'Wanjiru', 'Yuki', 'Zofia',
]; // prettier-ignore
const familyNames = [
  'Abara', 'Almeida', 'Andersson', 'Bauer', 'Bianchi', 'Chen', 'Costa', 'Dijkstra', 'Dubois', 'Eriksson',
  'Fischer', 'Garcia', 'Goldberg', 'Haddad', 'Hamilton', 'Hopper', 'Ito', 'Jansen', 'Kaplan', 'Khan',
  'Kim', 'Kowalski', 'Lamarr', 'Larsen', 'Liskov', 'Lovelace', 'Mensah', 'Moreau', 'Nakamura', 'Nguyen',
  'Novak', 'Okafor', 'Olsen', 'Patel', 'Perlman', 'Popescu', 'Rossi', 'Sato', 'Schmidt', 'Silva',
  'Singh', 'Tanaka', 'Torres', 'Turing', 'Virtanen', 'Wagner', 'Weber', 'Wirth', 'Yilmaz', 'Zhang',
]; // prettier-ignore

/** @param index of a seeded user, from 0 */
export function seededPerson(index: number): SeededPerson {
  const random = createSeedRandom(`person ${index}`);
  const given = random.pick(givenNames);
  const family = random.pick(familyNames);
  return {
    name: `${given} ${family}`,
    username: `${given}.${family}.${index}`.toLowerCase(),
  };
}
