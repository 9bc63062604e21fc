// @ts-check
// Bars by LNbits' own Chart.js, in the colours of the theme; changed in place when the figures do.
;(() => {
  const COLORS = ['blue-6', 'teal-5', 'purple-4', 'brown-4', 'cyan-8', 'indigo-3', 'grey-6']

  const paint = (/** @type {number} */ number) =>
    Quasar.colors.getPaletteColor(COLORS[number % COLORS.length])

  window.satmachine.parts['bar-chart'] = {
    template: '#sm-bar-chart',
    props: {
      title: {type: String, required: true},
      labels: {type: Array, required: true},
      // [{label, color, values}]: the exact values, of which only the heights are drawn; a colour is a
      // number, or one for each bar
      series: {type: Array, required: true},
      show: {type: Function, required: true},
      sideways: {type: Boolean, default: false}
    },
    computed: {
      // What a chart says to whoever does not see it.
      spoken() {
        const rows = this.labels.map((label, index) => {
          const values = this.series
            .filter(one => !window.satmachine.money.isZero(one.values[index]))
            .map(one => `${one.label} ${this.show(one.values[index])}`)
          return values.length ? `${label}: ${values.join(', ')}` : ''
        })
        return `${this.title}. ${rows.filter(Boolean).join('; ')}`
      },
      height() {
        return this.sideways ? `${60 + 32 * this.labels.length}px` : '200px'
      },
      data() {
        return {
          labels: this.labels,
          datasets: this.series.map(one => ({
            label: one.label,
            data: one.values.map(window.satmachine.money.height),
            exact: one.values,
            backgroundColor: [one.color].flat().map(paint),
            maxBarThickness: 36,
            stack: 'all'
          }))
        }
      }
    },
    methods: {
      // A round number at the axis, grouped like every amount of the page.
      mark: value =>
        Number.isSafeInteger(value)
          ? window.satmachine.money.sats(value)
          : String(value),
      options() {
        const color = window.getComputedStyle(this.$el).color
        const faint = Quasar.colors.changeAlpha(
          this.$q.dark.isActive ? '#ffffff' : '#000000',
          0.12
        )
        const axis = isValue => ({
          stacked: true,
          beginAtZero: true,
          grid: {color: faint, display: isValue},
          ticks: isValue
            ? {color, maxTicksLimit: 5, callback: this.mark}
            : {color}
        })
        return {
          animation: false,
          responsive: true,
          maintainAspectRatio: false,
          indexAxis: this.sideways ? 'y' : 'x',
          scales: {x: axis(this.sideways), y: axis(!this.sideways)},
          plugins: {
            legend: {
              display: this.series.length > 1,
              position: 'bottom',
              labels: {color, boxWidth: 12}
            },
            tooltip: {
              callbacks: {
                label: ({dataset, dataIndex}) =>
                  `${dataset.label}: ${this.show(dataset.exact[dataIndex])}`
              }
            }
          }
        }
      },
      draw() {
        if (!this.chart) return
        this.chart.data = this.data
        this.chart.options = this.options()
        this.chart.update('none')
      }
    },
    watch: {
      data() {
        this.draw()
      },
      async '$q.dark.isActive'() {
        await this.$nextTick()
        this.draw()
      }
    },
    mounted() {
      const context = this.$refs.canvas.getContext('2d')
      const {data} = this
      this.chart = new Chart(context, {type: 'bar', data, options: this.options()})
    },
    beforeUnmount() {
      this.chart?.destroy()
      this.chart = null
    }
  }
})()
