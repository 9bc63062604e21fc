// Every address of the machine, once.

export class Refused extends Error {
  constructor(code, detail) {
    super(detail)
    this.code = code
  }
}

async function answered(response) {
  const answer = await response.json()
  if (!response.ok) throw new Refused(answer.code, answer.detail)
  return answer
}

/** What is shown, as soon as it is another version than `after`. */
export async function state(after) {
  return answered(await fetch(`/api/state?after=${after}`))
}

/** What so much would cost now. */
export async function preview(minor) {
  return answered(await fetch(`/api/preview?minor=${minor}`))
}

/** One touch. */
export async function touch(name, facts = {}) {
  return answered(
    await fetch(`/api/touch/${name}`, {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify(facts)
    })
  )
}
