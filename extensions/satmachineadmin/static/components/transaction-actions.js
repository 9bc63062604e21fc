// @ts-check
// What the operator decides about a customer's cash that is in a machine: let it have its sats, give it
// more time, or give the cash back.
window.satmachine.parts['transaction-actions'] = {
  template: '#sm-transaction-actions',
  props: {row: {type: Object, required: true}},
  emits: ['changed'],
  data: () => ({asking: null, busy: false, error: null, days: '30'}),
  computed: {
    offers() {
      const {can_release, can_extend, can_give_back} = this.row
      return [
        can_release && 'release',
        can_extend && 'extend',
        can_give_back && 'give_back'
      ].filter(Boolean)
    },
    words() {
      const {fiat, satsUnit} = window.satmachine.money
      return {
        fiat: fiat(this.row.fiat_amount, this.row.currency),
        sats: satsUnit(this.row.wire_sats)
      }
    }
  },
  methods: {
    text(what, part) {
      return this.$t(`satmachineadmin.transaction.${what}.${part}`, this.words)
    },
    send(what, data) {
      const {actOnTransaction} = window.satmachine.machineApi
      return actOnTransaction(this.row.id, what, data)
    },
    giveBack(reason) {
      return this.send('give-back', {reason})
    },
    wholeDays(value) {
      const days = Number.parseInt(value, 10)
      const isWhole = String(days) === value
      return (
        (isWhole && days >= 1 && days <= 90) ||
        this.$t('satmachineadmin.transaction.extend.days')
      )
    },
    extend() {
      return this.send('extend', {days: Number.parseInt(this.days, 10)})
    },
    async begin(what) {
      this.error = null
      if (what !== 'release') this.asking = what
      else await this.release()
    },
    async release() {
      const sure = await window.satmachine.ask(this.$q, {
        title: this.text('release', 'title'),
        message: this.text('release', 'message'),
        yes: this.text('release', 'button'),
        no: this.$t('satmachine.cancel')
      })
      if (!sure || this.busy) return
      this.busy = true
      window.satmachine.http.newAct()
      try {
        await this.send('release')
        this.done('release')
      } catch (error) {
        this.error = error
        this.$emit('changed')
      }
      this.busy = false
    },
    done(what) {
      this.asking = null
      this.$q.notify({type: 'positive', message: this.text(what, 'done')})
      this.$emit('changed')
    }
  }
}
