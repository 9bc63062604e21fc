// @ts-check
// The platform's share of every commission and where it goes; how the engine runs.
window.satmachine.parts['platform-tab'] = {
  template: '#sm-platform-tab',
  inheritAttrs: false,
  props: {status: {type: Object, default: null}},
  data: () => ({
    config: null,
    form: {super_fee_pct: '', super_fee_wallet_id: null},
    error: null,
    saving: false,
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
      const {super_fee_pct, super_fee_wallet_id} = this.config
      const words = {
        pct: window.satmachine.money.percent(super_fee_pct),
        wallet: this.walletName(super_fee_wallet_id)
      }
      const kind = super_fee_wallet_id ? 'set' : 'no_wallet'
      return this.$t(`satmachineadmin.platform.sentence.${kind}`, words)
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
    feeWrong() {
      const {code, data} = this.saveError ?? {}
      return code === 'invalid_percent' || data?.field === 'super_fee_pct'
    },
    facts() {
      const {version, payout_way, payout_way_reason, runner} = this.status
      const {runner_detail, last_scan_at} = this.status
      return [
        {name: 'runner', state: runner, detail: runner_detail},
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
    take(config) {
      this.config = config
      const {super_fee_pct, super_fee_wallet_id} = config
      this.form = {super_fee_pct, super_fee_wallet_id}
    },
    async load() {
      try {
        this.take(await window.satmachine.adminApi.superConfig())
        this.error = null
      } catch (error) {
        this.error = error
      }
    },
    askSave() {
      const {super_fee_pct, super_fee_wallet_id} = this.form
      const message = this.$t('satmachineadmin.platform.save_message', {
        pct: window.satmachine.money.percent(super_fee_pct),
        wallet: this.walletName(super_fee_wallet_id)
      })
      this.$q
        .dialog({
          title: this.$t('satmachineadmin.platform.save_title'),
          message,
          ok: {
            label: this.$t('satmachineadmin.form.save'),
            noCaps: true,
            unelevated: true
          },
          cancel: {
            label: this.$t('satmachine.cancel'),
            noCaps: true,
            flat: true
          },
          focus: 'cancel'
        })
        .onOk(() => this.save())
    },
    async save() {
      if (this.saving) return
      this.saving = true
      this.saveError = null
      try {
        this.take(
          await window.satmachine.adminApi.saveSuperConfig(this.changes)
        )
        const message = this.$t('satmachineadmin.platform.saved')
        this.$q.notify({type: 'positive', message})
      } catch (error) {
        this.saveError = error
      }
      this.saving = false
    }
  },
  created() {
    this.load()
  }
}
