/** The time of now for what says how long ago something was; moves once a minute. */

let now = $state(Date.now());
setInterval(() => (now = Date.now()), 60_000);

export function minute(): number {
  return now;
}
