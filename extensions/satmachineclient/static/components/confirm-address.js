// @ts-check
// With the password of the LNbits account an address need not wait.
;(() => {
  const AT_FIELD = ['wrong_password', 'too_many_tries']

  window.satmachine.parts['confirm-address'] = {
    template: '#sm-confirm-address',
    props: {address: {type: String, required: true}},
    emits: ['done', 'cancel'],
    // What was shown is confirmed, whatever somebody else puts in its place meanwhile.
    data() {
      return {seen: this.address, password: '', error: null}
    },
    computed: {
      wrong() {
        const {code = '', detail = '', data = {}} = this.error ?? {}
        if (data.field === 'password') return data.problem
        return AT_FIELD.includes(code) ? detail : ''
      }
    },
    methods: {
      send() {
        const {seen: address, password} = this
        return window.satmachine.clientApi.confirmAddress({address, password})
      }
    }
  }
})()
