// @ts-check
// What an import has brought, and the links by which its LPs accept: they are shown this once.
;(() => {
  const KINDS = ['machines', 'lps', 'opening_balances', 'splits']

  /** @param {string} text @returns {string} a cell that no spreadsheet takes for a formula */
  function cell(text) {
    const safe = /^[\s'\u00a0\ufeff]*[=+\-@\t\r\n＝＋－＠]/.test(text)
      ? `'${text}`
      : text
    return `"${safe.replaceAll('"', '""')}"`
  }

  window.satmachine.parts['import-done'] = {
    template: '#sm-import-done',
    props: {done: {type: Object, required: true}},
    computed: {
      counted() {
        return KINDS.filter(kind => this.done.counts[kind])
          .map(kind => {
            const n = this.done.counts[kind]
            return this.$t(`satmachineadmin.import.count.${kind}`, {n}, n)
          })
          .join(', ')
      },
      invited() {
        return this.done.invitations
      },
      hasLinks() {
        return this.invited.some(({link}) => link)
      }
    },
    methods: {
      copy(one) {
        const what = this.$t('satmachineadmin.invite.text')
        const words = {machine: one.machine_name, link: one.link}
        const message = this.$t('satmachineadmin.invite.message', words)
        LNbits.utils.copyText(message, this.$t('satmachine.copied', {what}))
      },
      save() {
        const rows = this.invited.map(one =>
          [one.machine_name, one.username, one.link ?? ''].map(cell).join(',')
        )
        const text = ['\ufeffmachine,lp,link', ...rows, ''].join('\r\n')
        const blob = new Blob([text], {type: 'text/csv'})
        const link = document.createElement('a')
        link.href = URL.createObjectURL(blob)
        link.download = 'invitations.csv'
        link.click()
        URL.revokeObjectURL(link.href)
      }
    }
  }
})()
