// @ts-check
// The way to the sales of before the move, where there are any.
window.satmachine.parts['earlier-link'] = {
  template: '#sm-earlier-link',
  data: () => ({total: 0}),
  computed: {
    words() {
      const n = window.satmachine.money.sats(this.total)
      return this.$t('satmachineadmin.earlier_sales.link', {n}, this.total)
    }
  },
  async created() {
    try {
      const page = await window.satmachine.movingApi.earlierSales({limit: 1})
      this.total = page.total
    } catch {
      this.total = 0 // the list beside it says what is wrong with the server
    }
  }
}
