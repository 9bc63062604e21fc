// @ts-check
// Adds a machine or changes one. The server decides what is usable; its answer is shown at the field.
;(() => {
  const CHANGEABLE = [
    'name',
    'wallet_id',
    'currency',
    'location',
    'cash_out_fee_pct',
    'cash_in_fee_pct',
    'reference_rate',
    'rate_tolerance_pct',
    'fallback_commission_pct',
    'npub'
  ]
  // What can also be taken back.
  const MAY_BE_NONE = ['reference_rate', 'fallback_commission_pct', 'npub']
  // How many minutes belong to which payout policy.
  const MINUTES = {
    after_minutes: 'payout_delay_minutes',
    on_dispense: 'dispense_report_minutes'
  }
  const POLICIES = ['at_once', ...Object.keys(MINUTES)]
  // Refusals that do not name their field, but can mean only one.
  const FIELD_OF_CODE = {
    wallet_not_yours: 'wallet_id',
    wallet_in_use: 'wallet_id',
    wallet_gets_payouts: 'wallet_id',
    wallet_busy: 'wallet_id',
    shared_wallet: 'wallet_id',
    currency_fixed: 'currency',
    too_much_earlier: 'scan_from',
    already_exists: 'npub'
  }

  window.satmachine.parts['machine-form'] = {
    template: '#sm-machine-form',
    props: {machine: {type: Object, default: null}},
    emits: ['saved', 'cancel'],
    data() {
      const now = this.machine ?? {}
      const form = Object.fromEntries(
        CHANGEABLE.map(name => [name, now[name] ?? ''])
      )
      return {
        form: {
          ...form,
          payout_policy: now.payout_policy ?? 'at_once',
          payout_delay_minutes: String(now.payout_delay_minutes || 30),
          dispense_report_minutes: String(now.dispense_report_minutes ?? 15)
        },
        // the wallet's time before the machine, and what the server found there
        since: '',
        earlier: null,
        currencies: window.g.currencies,
        isAdvanced: false,
        error: null
      }
    },
    computed: {
      title() {
        const {machine} = this
        if (!machine) return this.$t('satmachineadmin.machines.add')
        return this.$t('satmachineadmin.form.change', {name: machine.name})
      },
      submitLabel() {
        return this.machine
          ? this.$t('satmachineadmin.form.save')
          : this.$t('satmachineadmin.form.add')
      },
      wallets() {
        return this.g.user.wallets
          .filter(wallet => wallet.walletType !== 'lightning-shared')
          .map(wallet => ({
            value: wallet.id,
            label: `${wallet.name} · ${wallet.id.slice(0, 6)}…`
          }))
      },
      policies() {
        return POLICIES.map(value => ({
          value,
          label: this.$t(`satmachineadmin.form.policy.${value}`)
        }))
      },
      minutesField() {
        return MINUTES[this.form.payout_policy] ?? null
      },
      errorField() {
        if (!this.error) return null
        const {code, data} = this.error
        const name = data.field ?? FIELD_OF_CODE[code]
        const isThere = name in this.form || name === 'scan_from'
        return isThere ? name : null
      },
      problem() {
        const {data, detail} = this.error
        const ties = (data.ties ?? []).map(tie =>
          this.$t(`satmachineadmin.tie.${tie}`)
        )
        return [data.problem || detail, ...ties].join(' ')
      }
    },
    methods: {
      failed(error) {
        this.error = error
        if (this.errorField === 'npub') this.isAdvanced = true
      },
      done(machine) {
        if (machine) this.$emit('saved', machine)
      },
      given(value) {
        return !!value || this.$t('satmachineadmin.form.needed')
      },
      field(name) {
        const wrong = this.errorField === name
        return {
          hideBottomSpace: true, // a long refusal pushes the next field down
          label: this.$t(`satmachineadmin.form.field.${name}`),
          hint: this.$t(`satmachineadmin.form.hint.${name}`),
          error: wrong || undefined,
          errorMessage: wrong ? this.problem : ''
        }
      },
      filterCurrencies(text, update) {
        const wanted = text.toUpperCase()
        update(() => {
          this.currencies = this.g.currencies.filter(currency =>
            currency.includes(wanted)
          )
        })
      },
      payout() {
        const {payout_policy} = this.form
        const name = this.minutesField
        if (!name) return {payout_policy}
        return {payout_policy, [name]: Number.parseInt(this.form[name], 10)}
      },
      wholeMinutes(value) {
        const minutes = Number.parseInt(value, 10)
        const whole = String(minutes) === value
        return (
          (whole && minutes >= 1 && minutes <= 1440) ||
          this.$t('satmachineadmin.form.minutes')
        )
      },
      // What was left empty is not sent, what was emptied is; only a rate can be none at all.
      body() {
        if (!this.machine) {
          const names = CHANGEABLE.filter(name => this.form[name])
          const given = names.map(name => [name, this.form[name]])
          return {...Object.fromEntries(given), ...this.payout()}
        }
        const changed = CHANGEABLE.filter(
          name => this.form[name] !== (this.machine[name] ?? '')
        ).map(name => {
          const none = MAY_BE_NONE.includes(name) && this.form[name] === ''
          return [name, none ? null : this.form[name]]
        })
        return {
          ...Object.fromEntries(changed),
          ...this.payout()
        }
      },
      // Another wallet is asked for once: sales come in by it from then on.
      async isSure() {
        const {machine, form} = this
        if (!machine || form.wallet_id === machine.wallet_id) return true
        const to = this.wallets.find(({value}) => value === form.wallet_id)
        const words = {machine: machine.name, wallet: to?.label ?? ''}
        return window.satmachine.ask(this.$q, {
          title: this.$t('satmachineadmin.form.wallet.title'),
          message: this.$t('satmachineadmin.form.wallet.message', words),
          yes: this.$t('satmachineadmin.form.save'),
          no: this.$t('satmachine.cancel')
        })
      },
      async send() {
        const {createMachine, earlierPayments, updateMachine} =
          window.satmachine.adminApi
        if (!(await this.isSure())) return null
        if (this.since) {
          const scan_from = `${new Date(this.since).toISOString().slice(0, 19)}Z`
          this.earlier = await earlierPayments({...this.body(), scan_from})
          return null
        }
        return this.machine
          ? updateMachine(this.machine.id, this.body())
          : createMachine(this.body())
      }
    }
  }
})()
