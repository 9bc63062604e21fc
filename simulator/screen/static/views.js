// Every view of the screen by its name. A view gives its nodes, and may give what to do when the same view
// is shown with other facts (`update`) and what a screen reader says (`news`).
import * as ends from './views_ends.js'
import * as giving from './views_giving.js'
import * as taking from './views_taking.js'

export const views = {
  unpaired: ends.unpaired,
  connecting: ends.connecting,
  idle: ends.idle,
  working: ends.working,
  receipt: ends.receipt,
  expired: ends.expired,
  sorry: ends.sorry,
  amount: giving.amount,
  pay: giving.pay,
  dispensing: giving.dispensing,
  insert: taking.insert,
  claim: taking.claim,
  held: taking.held
}
