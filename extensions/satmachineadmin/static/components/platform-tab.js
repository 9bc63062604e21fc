// @ts-check
// The platform's share of every sale and where it goes; how the engine runs.
;(() => {
  const FEES = ['super_fee_pct', 'super_fee_cash_in_pct']
  const FIELDS = [
    ...FEES,
    'super_fee_basis',
    'super_fee_wallet_id',
    'operators',
    'fast_way_allowed'
  ]
  // The sale of the example, in sats.
  const EXAMPLE = {principal: 100000, commission: 5000}

  window.satmachine.parts['platform-tab'] = {
    template: '#sm-platform-tab',
    inheritAttrs: false,
    props: {
      status: {type: Object, default: null},
      // what is moved over from, or a move
      itemId: {type: String, default: null}
    },
    emits: ['open', 'changed'],
    data: () => ({
      config: null,
      form: {
        super_fee_pct: '',
        super_fee_cash_in_pct: '',
        super_fee_basis: 'commission',
        super_fee_wallet_id: null,
        operators: 'open',
        fast_way_allowed: true
      },
      error: null,
      saveError: null
    }),
    computed: {
      wallets() {
        return this.g.user.wallets
          .filter(wallet => wallet.walletType !== 'lightning-shared')
          .map(wallet => ({
            value: wallet.id,
            label: `${wallet.name} · ${wallet.id.slice(0, 6)}…`
          }))
      },
      sentence() {
        if (!this.config) return this.$t('satmachineadmin.tab.platform')
        const kind = this.config.super_fee_wallet_id ? 'set' : 'no_wallet'
        const words = this.words(this.config)
        return this.$t(`satmachineadmin.platform.sentence.${kind}`, words)
      },
      bases() {
        return ['commission', 'principal'].map(value => ({
          value,
          label: this.$t(`satmachineadmin.platform.basis.${value}`)
        }))
      },
      policies() {
        return ['open', 'approved'].map(value => ({
          value,
          label: this.$t(`satmachineadmin.platform.policy.${value}`)
        }))
      },
      fees() {
        return FEES.map(name => ({name, wrong: this.wrongField === name}))
      },
      examples() {
        const {satsUnit, shareOf, smaller, sumSats} = window.satmachine.money
        const {principal, commission} = EXAMPLE
        const ofPrincipal = this.form.super_fee_basis === 'principal'
        return FEES.map(name => {
          const full = shareOf(
            ofPrincipal ? principal : commission,
            this.form[name]
          )
          const platform = full && smaller(full, commission)
          const operator = platform && sumSats([commission, `-${platform}`])
          const words = {
            principal: satsUnit(principal),
            commission: satsUnit(commission),
            platform: satsUnit(platform),
            operator: satsUnit(operator)
          }
          const kind = full === platform ? name : `${name}_clipped`
          return platform
            ? this.$t(`satmachineadmin.platform.example.${kind}`, words)
            : ''
        }).filter(Boolean)
      },
      changes() {
        const fields = Object.entries(this.form)
        return Object.fromEntries(
          fields.filter(([name, value]) => value !== this.config?.[name])
        )
      },
      changed() {
        return !!this.config && Object.keys(this.changes).length > 0
      },
      wrongField() {
        const field = this.saveError?.data.field
        return FEES.includes(field) ? field : null
      },
      facts() {
        const {version, payout_way, payout_way_reason, runner} = this.status
        const {runner_detail, last_scan_at} = this.status
        const {times} = window.satmachine
        return [
          {name: 'runner', state: runner, detail: times.within(runner_detail)},
          {name: 'payout_way', state: payout_way, detail: payout_way_reason},
          {name: 'last_scan', time: true, at: last_scan_at},
          {name: 'version', text: version},
          {
            name: 'fee_version',
            text: this.config ? `v${this.config.version}` : '–'
          },
          {name: 'fee_updated', time: true, at: this.config?.updated_at}
        ]
      }
    },
    methods: {
      walletName(id) {
        const wallet = this.g.user.wallets.find(wallet => wallet.id === id)
        return wallet?.name ?? this.$t('satmachineadmin.platform.other_wallet')
      },
      words(config) {
        const {percent} = window.satmachine.money
        const {super_fee_basis} = config
        return {
          cash_out: percent(config.super_fee_pct),
          cash_in: percent(config.super_fee_cash_in_pct),
          basis: this.$t(`satmachineadmin.platform.of.${super_fee_basis}`),
          wallet: this.walletName(config.super_fee_wallet_id)
        }
      },
      take(config) {
        this.config = config
        this.form = Object.fromEntries(
          FIELDS.map(name => [name, config[name]])
        )
      },
      async load() {
        try {
          this.take(await window.satmachine.adminApi.superConfig())
          this.error = null
        } catch (error) {
          this.error = error
        }
      },
      // Whoever says no has saved nothing, and nothing failed.
      async send() {
        const {adminApi, ask} = window.satmachine
        const sure = await ask(this.$q, {
          title: this.$t('satmachineadmin.platform.save_title'),
          message: this.$t(
            'satmachineadmin.platform.save_message',
            this.words(this.form)
          ),
          yes: this.$t('satmachineadmin.form.save'),
          no: this.$t('satmachine.cancel')
        })
        if (!sure) return
        this.take(await adminApi.saveSuperConfig(this.changes))
        const message = this.$t('satmachineadmin.platform.saved')
        this.$q.notify({type: 'positive', message})
      }
    },
    created() {
      this.load()
    }
  }
})()
