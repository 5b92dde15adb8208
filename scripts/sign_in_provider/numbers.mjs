// Synthetic national identity numbers, as Tenor makes them: month + 80, and real check digits.

const FIRST = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];
const SECOND = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
const SYNTHETIC_MONTHS = [40, 80];

const remainder = (digits, weights) => weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0) % 11;

// From 2032 the first check digit may leave a remainder of 0 to 3.
const hasCheckDigits = (number) => remainder(number, FIRST) <= 3 && remainder(number, SECOND) === 0;

const hasSyntheticMonth = (number) =>
  SYNTHETIC_MONTHS.some((added) => Number(number.slice(2, 4)) > added && Number(number.slice(2, 4)) <= added + 12);

export const isSynthetic = (number) => /^\d{11}$/.test(number) && hasSyntheticMonth(number) && hasCheckDigits(number);

const twoDigits = (number) => String(number).padStart(2, '0');

function withCheckDigits(nine) {
  const first = (11 - remainder(nine, FIRST.slice(0, 9))) % 11;
  const second = (11 - remainder(`${nine}${first}`, SECOND.slice(0, 10))) % 11;
  return first > 9 || second > 9 ? null : `${nine}${first}${second}`;
}

/** The first number that a person born on that day could have; as a D-number with 40 added to the day. */
export function syntheticNumber(born, { dNumber = false } = {}) {
  const [year, month, day] = [born.getUTCFullYear(), born.getUTCMonth() + 1, born.getUTCDate()];
  const date = twoDigits(day + (dNumber ? 40 : 0)) + twoDigits(month + 80) + twoDigits(year % 100);
  for (let individual = year < 2000 ? 0 : 500; ; individual += 1) {
    const number = withCheckDigits(date + String(individual).padStart(3, '0'));
    if (number) return number;
  }
}

/** A day in the middle of the year in which somebody is so many years old. */
export function bornYearsAgo(years, today = new Date()) {
  return new Date(Date.UTC(today.getUTCFullYear() - years, today.getUTCMonth() - 6, 15));
}
