// @ts-check
// Versions, hashes and tokens of a sale and its legs, for whoever has to look closely.
window.satmachine.parts['sale-raw'] = {
  template: '#sm-sale-raw',
  props: {settlement: {type: Object, required: true}},
  computed: {
    lines() {
      const {raw, ...sale} = this.settlement
      const {legs, ...own} = raw
      const shown = {
        id: sale.id,
        payment_hash: sale.payment_hash,
        txid: sale.txid,
        origin: sale.origin,
        landed_at: sale.landed_at,
        split_version: sale.split_version,
        ...own
      }
      return Object.entries(shown)
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]) => ({name, value: String(value)}))
    },
    legs() {
      const named = new Map(this.settlement.legs.map(leg => [leg.id, leg]))
      return this.settlement.raw.legs.map(leg => ({
        ...leg,
        payment_hash: named.get(leg.id)?.payment_hash,
        what: `${leg.leg_key} · ${leg.plan_version}.${leg.attempt}`
      }))
    }
  }
}
