// @ts-check
// Cash of an LP that comes or goes: written down first, then confirmed by a press that names it.
;(() => {
  const KINDS = ['deposit', 'opening', 'cash_returned', 'moved']

  window.satmachine.parts['cash-form'] = {
    template: '#sm-cash-form',
    props: {
      lp: {type: Object, required: true},
      first: {type: String, default: 'deposit'}
    },
    emits: ['changed', 'close'],
    data() {
      return {
        shown: true,
        kind: this.first,
        amount: '',
        day: '',
        notes: '',
        toId: null,
        others: [],
        entry: null,
        refused: null
      }
    },
    computed: {
      kinds() {
        return KINDS.map(value => ({
          value,
          label: this.$t(`satmachineadmin.cash.kind.${value}`)
        }))
      },
      leaves() {
        return ['cash_returned', 'moved'].includes(this.kind)
      },
      free() {
        return window.satmachine.money.fiat(
          this.lp.balance.remaining,
          this.lp.currency
        )
      },
      atAmount() {
        const codes = ['invalid_fiat', 'cash_short', 'too_many_digits']
        const {code, data} = this.refused ?? {}
        return codes.includes(code) || data?.field === 'amount'
      },
      needed() {
        return [value => !!value || this.$t('satmachineadmin.form.needed')]
      },
      ready() {
        return this.kind !== 'moved' || !!this.toId
      },
      words() {
        return window.satmachine.cash.words(this.$t, this.entry)
      }
    },
    watch: {
      kind: {
        immediate: true,
        handler(kind) {
          if (kind === 'moved' && !this.others.length) this.loadOthers()
        }
      }
    },
    methods: {
      // Cash stays in its currency; the same person's machines come first.
      async loadOthers() {
        const {data} = await window.satmachine.adminApi.clients({
          limit: 200,
          is_ended: false
        })
        const own = one => (one.lp_ref === this.lp.lp_ref ? 0 : 1)
        this.others = data
          .filter(one => one.currency === this.lp.currency)
          .filter(one => one.id !== this.lp.id)
          .filter(window.satmachine.lps.takesCash)
          .sort((a, b) => own(a) - own(b))
          .map(one => ({
            value: one.id,
            label: `${one.username} · ${one.machine_name}`
          }))
      },
      send() {
        const {recordCash, moveCash} = window.satmachine.adminApi
        const body = {
          client_id: this.lp.id,
          amount: this.amount,
          cash_date: this.day || undefined,
          notes: this.notes
        }
        return this.kind === 'moved'
          ? moveCash({...body, to_client_id: this.toId})
          : recordCash({...body, kind: this.kind})
      },
      recorded(entry) {
        this.entry = entry
        this.$emit('changed')
      },
      confirm() {
        return window.satmachine.adminApi.actOnCash(this.entry.id, 'confirm')
      },
      confirmed() {
        this.$q.notify({
          type: 'positive',
          message: this.$t('satmachineadmin.cash.confirmed', this.words)
        })
        this.$emit('changed')
        this.shown = false
      }
    }
  }
})()
