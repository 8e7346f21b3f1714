/** A ruling as it is being written. */

import { actionOf, draftOf, restricts, type Draft, type Kind } from "./rulings";

export class RulingDraft {
  actions = $state<Draft[]>([]);
  policy = $state("");
  facts = $state("");
  explanation = $state("");
  ground = $state("");
  template = $state("");
  values = $state<Record<string, string>>({});
  added = $state("");
  reason = $state("");
  territory = $state("");

  constructor(kind: Kind | null, policy = "", facts = "") {
    if (kind) this.actions = [draftOf(kind)];
    this.policy = policy;
    this.facts = facts;
  }

  get kinds(): Kind[] {
    return this.actions.map((one) => one.kind);
  }

  /** As the server takes it. */
  json(): Record<string, unknown> {
    const actions = this.actions.map(actionOf);
    if (!restricts(this.kinds)) return { actions, reason: this.reason };
    return {
      actions, policy: this.policy, facts: this.facts, explanation: this.explanation, ground: this.ground, template: this.template, values: this.values, added: this.added, reason: this.reason,
      territory: this.territory.split(/[\s,]+/).filter(Boolean),
    };
  }
}
