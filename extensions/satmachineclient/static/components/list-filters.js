// @ts-check
// What a list is narrowed down to: the head of its card, with its files beside it in the slot. All of it
// lives in the address, where the two lists of this page must not get in each other's way: `prefix`.
;(() => {
  const DAYS = ['since', 'until']
  const HASH = /^[0-9a-f]{64}$/i

  window.satmachine.parts['list-filters'] = {
    template: '#sm-list-filters',
    props: {
      title: {type: String, required: true},
      query: {type: Object, required: true},
      prefix: {type: String, default: ''},
      // [{name, label, options}]
      selects: {type: Array, required: true},
      // whether a payment hash can be searched for
      searches: {type: Boolean, default: false}
    },
    emits: ['query'],
    data: () => ({days: DAYS, isOpen: false, typed: ''}),
    computed: {
      searched() {
        return this.value('search') ?? ''
      },
      isPart() {
        return this.typed !== '' && !HASH.test(this.typed)
      },
      names() {
        const searched = this.searches ? ['search'] : []
        return [...this.selects.map(({name}) => name), ...DAYS, ...searched]
      },
      chosen() {
        return this.names.filter(name => this.value(name)).length
      },
      // What is chosen stays in sight.
      isShown() {
        return this.isOpen || this.chosen > 0
      },
      isReversed() {
        const [since, until] = DAYS.map(name => this.value(name))
        return !!since && !!until && until < since
      }
    },
    watch: {
      searched: {
        immediate: true,
        handler(searched) {
          this.typed = searched
        }
      }
    },
    methods: {
      value(name) {
        return this.query[this.prefix + name] || null
      },
      set(name, value) {
        const query = {...this.query, [this.prefix + name]: value || undefined}
        this.$emit('query', {...query, [`${this.prefix}page`]: undefined})
      },
      // Only a whole hash finds anything.
      look(typed) {
        this.typed = typed?.trim() ?? ''
        if (!this.isPart) this.set('search', this.typed)
      },
      clear() {
        const none = this.names.map(name => [this.prefix + name, undefined])
        this.isOpen = false
        const page = {[`${this.prefix}page`]: undefined}
        this.$emit('query', {...this.query, ...Object.fromEntries(none), ...page})
      }
    }
  }
})()
