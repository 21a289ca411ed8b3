const JOKES = [
  { setup: "Why do programmers prefer dark mode?", punchline: "Because light attracts bugs." },
  { setup: "Why did the queue go to therapy?", punchline: "It had too many unresolved messages." },
  {
    setup: "How do you comfort a distributed system?",
    punchline: "You don't. You wait until it is eventually consistent.",
  },
  { setup: "Why was the workflow so calm?", punchline: "It knew it could always retry." },
] as const;

const CAT_FACTS = [
  "A group of cats is called a clowder.",
  "Cats sleep for about two thirds of their lives.",
  "A cat can rotate each of its ears by 180 degrees.",
  "The oldest known pet cat was buried 9,500 years ago, on Cyprus.",
] as const;

const NAMES = ["Ada Park", "Ben Okafor", "Chloe Martin", "Dinesh Rao", "Elif Kaya", "Femi Ade", "Greta Lind"] as const;
const CITIES = ["Lisbon", "Lagos", "Lyon", "Pune", "Izmir", "Oslo"] as const;
const CHORES = ["water the plants", "call the bank", "fix the bike", "buy bread", "write a letter"] as const;

const USERS_MAX = 1_000;
const TODOS_PER_USER = 5;

/** A person of the demo API. */
export interface DemoUser {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly city: string;
}

/** Something to do, of a person of the demo API. */
export interface DemoTodo {
  readonly id: number;
  readonly userId: number;
  readonly title: string;
  readonly completed: boolean;
}

let turn = 0;

/**
 * Tells a joke, the next of four.
 *
 * @returns Question and answer.
 */
export function joke(): { readonly id: number; readonly setup: string; readonly punchline: string } {
  turn += 1;
  return { id: turn, ...pick(JOKES, turn) };
}

/**
 * Tells a fact about cats, the next of four.
 *
 * @returns The fact and its length in characters.
 */
export function catFact(): { readonly fact: string; readonly length: number } {
  turn += 1;
  const fact = pick(CAT_FACTS, turn);
  return { fact, length: fact.length };
}

/**
 * Finds a person. The same id always gives the same person.
 *
 * @param id - 1 to 1,000.
 * @returns The person, or null for other ids.
 */
export function userById(id: number): DemoUser | null {
  if (!Number.isInteger(id) || id < 1 || id > USERS_MAX) {
    return null;
  }
  const name = pick(NAMES, id);
  const email = `${name.toLowerCase().replace(" ", ".")}@example.com`;
  return { id, name, email, city: pick(CITIES, id) };
}

/**
 * Lists what a person has to do.
 *
 * @param userId - The person's id.
 * @returns Five things, or none for an unknown person.
 */
export function todosOfUser(userId: number): readonly DemoTodo[] {
  if (userById(userId) === null) {
    return [];
  }
  const firstId = (userId - 1) * TODOS_PER_USER + 1;
  return Array.from({ length: TODOS_PER_USER }, (_, index) => makeTodo(firstId + index));
}

/**
 * Finds one thing to do.
 *
 * @param id - 1 to 5,000.
 * @returns The thing, or null for other ids.
 */
export function todoById(id: number): DemoTodo | null {
  return Number.isInteger(id) && id >= 1 && id <= USERS_MAX * TODOS_PER_USER ? makeTodo(id) : null;
}

function makeTodo(id: number): DemoTodo {
  const userId = Math.ceil(id / TODOS_PER_USER);
  return { id, userId, title: pick(CHORES, id), completed: id % 3 === 0 };
}

function pick<const Items extends readonly [unknown, ...unknown[]]>(items: Items, index: number): Items[number] {
  return items[index % items.length] ?? items[0];
}
