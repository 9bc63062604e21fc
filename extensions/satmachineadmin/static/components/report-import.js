// @ts-check
// Books from elsewhere: files are chosen, every row is told what becomes of it, and one button takes them
// over. What is sent then is what was looked at, whatever becomes of the files on the disk meanwhile.
;(() => {
  const KINDS = ['machines', 'lps', 'opening_balances', 'splits']

  /** @param {File} file @returns {Promise<string>} UTF-8, or what older spreadsheets write */
  async function read(file) {
    const bytes = await file.arrayBuffer()
    try {
      return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
    } catch {
      return new TextDecoder('windows-1252').decode(bytes)
    }
  }

  window.satmachine.parts['report-import'] = {
    template: '#sm-report-import',
    inheritAttrs: false,
    emits: ['changed'],
    data: () => ({
      chosen: null,
      files: [],
      seen: null,
      done: null,
      error: null,
      busy: false
    }),
    computed: {
      examples() {
        return KINDS.map(kind => ({
          kind,
          href: `/satmachineadmin/static/examples/${kind}.csv`,
          title: this.$t(`satmachineadmin.import.kind.${kind}`),
          hint: this.$t(`satmachineadmin.import.hint.${kind}`)
        }))
      },
      adds() {
        return this.seen?.outcomes.add ?? 0
      },
      summary() {
        const {add, same, wrong} = this.seen.outcomes
        const said = (key, n) =>
          n ? this.$t(`satmachineadmin.import.${key}`, {n}, n) : ''
        const parts = [said('adds', add), said('same', same)]
        return [...parts, said('wrong', wrong)].filter(Boolean).join(' ')
      }
    },
    methods: {
      async choose(chosen) {
        this.chosen = chosen
        this.seen = this.done = this.error = null
        if (!chosen?.length) return
        this.busy = true
        try {
          const texts = chosen.map(async file => ({
            name: file.name,
            content: await read(file)
          }))
          this.files = await Promise.all(texts)
          await this.look()
        } catch (error) {
          this.error = error
        }
        this.busy = false
      },
      async look() {
        const {previewImport} = window.satmachine.adminApi
        this.seen = await previewImport({files: this.files})
      },
      counted() {
        return KINDS.filter(kind => this.seen.counts[kind])
          .map(kind => {
            const n = this.seen.counts[kind]
            return this.$t(`satmachineadmin.import.count.${kind}`, {n}, n)
          })
          .join(', ')
      },
      async send() {
        const isSure = await window.satmachine.ask(this.$q, {
          title: this.$t('satmachineadmin.import.ask.title'),
          message: this.$t('satmachineadmin.import.ask.message', {
            what: this.counted()
          }),
          yes: this.$t('satmachineadmin.import.send', {n: this.adds}, this.adds),
          no: this.$t('satmachine.cancel')
        })
        if (!isSure || this.busy) return
        this.busy = true
        this.error = null
        try {
          const {confirmation} = this.seen
          const {importFiles} = window.satmachine.adminApi
          this.done = await importFiles({files: this.files, confirmation})
          this.seen = this.chosen = null
          this.$emit('changed')
        } catch (error) {
          this.error = error
          if (error.code === 'preview_outdated') await this.lookAgain()
        }
        this.busy = false
      },
      // The reader sees what it would be now, beside the sentence that nothing was done.
      async lookAgain() {
        try {
          await this.look()
        } catch {
          this.seen = null
        }
      }
    }
  }
})()
