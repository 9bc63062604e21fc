// @ts-check
// All texts of the operator's page. `satmachine` is shared with the LP's page (a test holds the two
// equal), `satmachineadmin` is this page's own. A bar separates singular and plural.
window.i18n.global.mergeLocaleMessage('en', {
  satmachine: {
    as_of: 'What you see was true at',
    cancel: 'Cancel',
    close: 'Close',
    copied: '{what} copied',
    copy: 'Copy {what}',
    reload: 'Reload',
    try_again: 'Try again',
    direction: {cash_out: 'cash-out', cash_in: 'cash-in'},
    error: {
      happened: 'The server answered with the error {status}.',
      happened_no_answer: 'The server did not answer.',
      advice: {
        no_answer: 'Check your connection, then try again.',
        no_answer_write:
          'It is not known whether the request arrived. Press the button again: if it did, nothing is done twice.',
        bug: 'Try again in a moment. If it stays, the cause is in the server’s log.',
        bug_write:
          'Press the button again in a moment: what was done is not done twice. The cause is in the server’s log.',
        running_write:
          'Wait a moment and press the button again: nothing is done twice.',
        refused: 'Nothing was changed. Correct what is named above and repeat.',
        http_401: 'Log in again, then come back to this page.',
        http_403:
          'Ask the person who runs this LNbits to enable the extension for you.',
        http_404: 'It may belong to somebody else, or the link is wrong.',
        http_409:
          'Nothing was changed. Look at how it stands now, then decide again.',
        http_503:
          'Ask the person who runs this LNbits to install and enable Satoshi Machine Admin.'
      }
    },
    state: {
      settlement: {
        pending: 'pending',
        held: 'held',
        processing: 'processing',
        processed: 'processed',
        errored: 'errored',
        rejected: 'rejected',
        dismissed: 'dismissed'
      },
      leg: {
        pending: 'pending',
        paying: 'paying',
        completed: 'paid',
        failed: 'failed',
        unresolved: 'unresolved',
        skipped: 'kept',
        voided: 'replaced',
        refunded: 'refunded'
      },
      machine: {
        active: 'active',
        inactive: 'inactive',
        maintenance: 'maintenance',
        silent: 'silent',
        paused: 'payouts paused'
      },
      key: {
        unpaired: 'not paired',
        pairing: 'code is open',
        paired: 'paired',
        silent: 'silent',
        revoked: 'key revoked'
      },
      transaction: {
        invoiced: 'to be paid',
        collecting: 'notes go in',
        held: 'held',
        offered: 'link is open',
        paid: 'paid',
        cancelled: 'cancelled',
        expired: 'expired',
        lapsed: 'link expired'
      },
      mark: {test: 'test', commission_differs: 'other commission'},
      enrolment: {
        invited: 'invited',
        active: 'active',
        paused: 'paused',
        ended: 'ended'
      },
      cash: {
        pending: 'not confirmed',
        confirmed: 'confirmed',
        cancelled: 'cancelled',
        disputed: 'disputed'
      },
      standing: {
        new: 'new',
        asked: 'asks',
        approved: 'approved',
        withdrawn: 'withdrawn'
      },
      runner: {active: 'active', standby: 'standby', stopped: 'stopped'},
      payout_way: {fast: 'fast', slow: 'slow'},
      moving: {add: 'new', there: 'here already', left: 'left out'},
      earlier: {
        processed: 'processed',
        completed: 'paid',
        pending: 'pending',
        processing: 'processing',
        partial: 'partial',
        errored: 'errored',
        failed: 'failed',
        refunded: 'refunded',
        rejected: 'rejected',
        skipped: 'skipped',
        voided: 'voided'
      }
    }
  },

  satmachineadmin: {
    title: 'Satoshi Machine',
    broken:
      'A part of this page could not be loaded. Nothing was changed. Reload the page; if it stays, the extension is not installed completely.',
    status_not_loaded: 'The state of the engine could not be loaded.',
    menu: 'Menu of Satoshi Machine, now at {page}',
    last_scan: 'last look for payments at',
    tab: {
      overview: 'Overview',
      worklist: 'Worklist',
      settlements: 'Settlements',
      transactions: 'Customers',
      machines: 'Machines',
      lps: 'LPs & cash',
      commission: 'Commission',
      reports: 'Reports',
      settings: 'Settings',
      platform: 'Platform'
    },
    today: {
      progress: '{open} in progress · {processed} processed in all',
      progress_waiting:
        '{open} in progress · {waiting} wait for their time · {processed} processed in all'
    },
    first: {
      title: 'First steps',
      not_loaded: 'How far you are could not be loaded.',
      machine: {
        title: 'Add a machine',
        why: 'A machine is a wallet, a currency and two fees.',
        act: 'Add machine'
      },
      pair: {
        title: 'Pair the machine',
        why: 'It makes a key of its own and signs what it sells. One that cannot sign sells without: go on with the next step.',
        act: 'Pair it'
      },
      split: {
        title: 'Say who shares the commission',
        why: 'Until then your part of it stays in the machine’s wallet.',
        act: 'Set the shares'
      },
      lp: {
        title: 'Invite an LP',
        why: 'LPs bring the banknotes and get the sats of the sales. Without one the sats stay in the machine’s wallet.',
        act: 'Invite an LP'
      },
      cash: {
        title: 'Record and confirm an LP’s cash',
        why: 'Once the LP has accepted. From then on sales are paid out for it.',
        act: 'Record cash'
      },
      sale: {
        title: 'The first sale',
        why: 'It appears here within seconds after the customer has paid.'
      }
    },
    figures: {
      title: 'Sales',
      not_loaded: 'The figures could not be loaded.',
      counting:
        'The days are being counted anew, since they begin at another time now. A moment, please.',
      empty: 'No sales in these days. The first one appears here by itself.',
      period: {today: 'Today', week: '7 days', month: '30 days'},
      volume: 'Volume',
      sales: 'Sales',
      commission_sats: 'Commission',
      lps_sats: 'Paid to LPs',
      retained_sats: 'Kept in the wallets',
      yours: '{sats} of it yours',
      up: '▲ {n} % more',
      down: '▼ {n} % less',
      same: 'as before',
      none_before: 'none before',
      first: {
        today: 'Nothing to compare with: no sales yesterday.',
        week: 'Nothing to compare with: no sales in the 7 days before.',
        month: 'Nothing to compare with: no sales in the 30 days before.'
      },
      before: {
        today: 'Yesterday up to this time: {before}',
        week: 'The 7 days before, up to this time: {before}',
        month: 'The 30 days before, up to this time: {before}'
      },
      others: 'other machines',
      chart: {
        volume_by_day: 'Volume by day, {currency}',
        commission_by_day: 'Commission by day, sat',
        volume_by_machine: 'Volume by machine, {currency}',
        commission_by_machine: 'Commission by machine, sat'
      }
    },
    needs: {
      title: 'Needs you',
      nothing: 'Nothing needs you.',
      badge: '{n} thing needs you | {n} things need you',
      more: '{n} more matter in the worklist | {n} more matters in the worklist',
      act: {
        look: 'Look',
        decide: 'Decide',
        stuck: 'Look',
        errored: 'Retry or release',
        held: 'Release',
        rejected: 'Adopt or dismiss',
        test: 'Look',
        cash: 'Open the cash entries',
        legs_failed: 'Retry or release',
        undecided: 'Open the sale',
        no_dispense_report: 'Say what came out',
        dispense_failed: 'Refund or release',
        late_dispense: 'Refund the customer',
        cash_in_held: 'Release or give back',
        machine: 'Look at the machine',
        failing: 'Open its sales',
        moving: 'Look what is there'
      },
      failing: '{n} share could not be paid | {n} shares could not be paid',
      paused:
        'Payouts of {n} machine are paused | Payouts of {n} machines are paused',
      errored:
        '{n} sale is not paid out completely | {n} sales are not paid out completely',
      held: '{n} sale waits for your release | {n} sales wait for your release',
      stuck:
        '{n} sale has been under way for too long | {n} sales have been under way for too long',
      test: '{n} test sale is held | {n} test sales are held',
      rejected:
        '{n} payment came without usable facts | {n} payments came without usable facts',
      predecessor:
        'An earlier Satoshi Machine left {n} table here | An earlier Satoshi Machine left {n} tables here',
      predecessor_detail:
        'Found in {where}. Nothing was taken over from it yet, and nothing in it was changed. The person who runs this LNbits can do it under “Platform”.',
      runner: {
        standby: 'Another LNbits process makes the payouts; this one stands by',
        stopped: 'Payouts are stopped'
      },
      matter: {
        payment_changed: 'A payment was changed after it had been settled',
        landing_failed: 'A payment could not be read',
        restored: 'LNbits holds payments that these books do not know',
        legs_failed: 'Parts of a sale could not be paid',
        stopped: 'A sale was stopped by an error of the program',
        undecided: 'A payment that left this LNbits is not decided yet',
        no_dispense_report: 'A machine has not reported which notes came out',
        trail_broken: 'The audit trail is not the one that was written',
        cash_disputed: 'An LP disputes a cash entry',
        dispense_failed: 'A machine reports that no notes came out for a sale',
        late_dispense: 'Fewer notes came out than were paid out for',
        cash_in_held: 'A customer waits for sats for its banknotes',
        clock_skew: 'A machine’s clock is wrong',
        machine_silent: 'A machine is silent',
        machine_floods: 'A machine sends too many requests',
        debit_missing: 'A payout is booked that LNbits did not make',
        credit_missing: 'A payout left the wallet and never arrived',
        payment_status: 'LNbits does not call a booked payout paid',
        payment_amount: 'A payout has another amount in LNbits',
        payment_fee: 'A payout has another fee in LNbits',
        paid_twice: 'LNbits holds a payout twice',
        paid_unbooked: 'LNbits made a payout that is not booked',
        unknown_payments: 'LNbits holds payouts that these books do not know',
        sale_missing: 'The payment of a sale is gone from LNbits',
        sale_status: 'LNbits does not call the payment of a sale paid',
        sale_amount: 'The payment of a sale has another amount in LNbits',
        sale_contradicts: 'The amounts of a sale contradict each other',
        legs_do_not_sum: 'The payouts of a sale do not come to its sats',
        lp_totals: 'The totals of an LP are not the sums of its entries',
        opening_changed: 'What a wallet held in the beginning has changed',
        wallet_differs: 'A wallet holds something else than these books say',
        unfinished_before: 'Something was left unfinished before the move'
      },
      slow: 'Payouts take the slow way'
    },
    worklist: {
      open: 'Open',
      closed: 'Closed',
      not_loaded: 'The worklist could not be loaded.',
      none_open:
        'Nothing is open: these books and LNbits agree. Sales that wait for you are on the overview.',
      none_closed: 'No matter was closed yet.',
      check: 'Check again',
      about: {
        sale: 'Open the sale',
        cash: 'Open the cash entries',
        machine: 'Open the machine',
        transaction: 'Open the transaction',
        platform: 'Open the audit trail',
        earlier: 'Open the sale',
        files: 'Open the files'
      },
      accept: 'Accept',
      accept_title: 'Accept it as it is?',
      paid: 'It was paid',
      paid_title: 'Take it as paid?',
      deny: 'It was not paid',
      deny_title: 'Give it up as not paid?',
      accepted: 'Accepted by {name}: {reason}',
      denied: 'Called not paid by {name}: {reason}',
      gone: 'Gone by itself',
      figure: {
        booked_msat: 'by these books',
        found_msat: 'by LNbits',
        booked_fee_msat: 'fee by these books',
        found_fee_msat: 'fee by LNbits',
        difference_msat: 'difference',
        gap_msat: 'missing'
      }
    },
    stuck: {
      title: 'Under way for more than half an hour ({n})',
      not_loaded: 'The sales that are stuck could not be loaded.',
      since: 'since',
      stop: 'Stop'
    },
    proof: {
      agrees: 'These books and LNbits agree to the last sat',
      differs: 'These books and LNbits disagree: see the worklist',
      not_yet: 'This wallet was not proved yet.',
      not_loaded: 'The proof of the wallet could not be loaded.',
      check: 'Check now',
      short: {
        agrees: 'explained to the sat',
        differs: 'does not agree',
        not_yet: 'not proved yet'
      },
      from: 'Where it came from and went to',
      for: 'What it is there for',
      holding: {
        opening: 'held in the beginning',
        unpaid: 'shares not paid yet',
        kept: '{reason}',
        float: 'your float'
      },
      line: {
        opening: 'held in the beginning',
        sales_in: 'came in by sales',
        sales_out: 'went out by sales',
        top_ups: 'put in',
        other_in: 'came in otherwise',
        other_out: 'went out otherwise',
        paid_out: 'paid out',
        fees: 'fees',
        on_the_way: 'on the way',
        not_landed: 'not looked at yet',
        unknown: 'payouts not in these books',
        expected: 'stays, by these books',
        balance: 'holds, by LNbits',
        difference: 'difference'
      }
    },
    settlements: {
      search: 'Search (press /)',
      search_in: 'payment hash, invoice, transaction, amount, LP or note',
      filters: 'Filters',
      csv: 'CSV',
      csv_hint: 'All sales that match, as a file',
      legs: '{paid} of {all} legs paid',
      cut: 'Only the {n} newest sales of each kind that match were looked through. Narrow it down to reach older ones.',
      per_page: 'Rows per page',
      not_loaded: 'The list of sales could not be loaded.',
      too_many:
        '{total} sales match; the list reaches the first 10 000. Filter, or turn the order round, to see the others.',
      filter: {
        machine_id: 'Machine',
        state: 'State',
        tx_type: 'Direction',
        mark: 'Mark',
        since: 'From day',
        until: 'To day'
      },
      column: {
        direction: 'Direction',
        state: 'State',
        paid_at: 'Time',
        wire_sats: 'Wire, sat',
        principal_sats: '→ LPs, sat',
        commission_sats: 'Commission',
        platform_fee_sats: 'Platform',
        operator_fee_sats: 'Operator',
        fiat: 'Fiat',
        rate: 'Rate'
      },
      none_yet: {
        title: 'No sales yet',
        hint: 'A sale appears here by itself as soon as a customer has paid at one of your machines.',
        action: 'See your machines'
      },
      no_match: {
        title: 'No sale matches',
        hint: 'There may be sales outside these filters.',
        action: 'Clear the filters'
      }
    },
    earlier_sales: {
      link: '{n} sale from before the move | {n} sales from before the move',
      all: 'No sale from before the move | {n} sale from before the move | {n} sales from before the move',
      matching:
        'No sale from before the move matches | {n} sale from before the move matches | {n} sales from before the move match',
      nothing_pays:
        'As the predecessor had them. They count in no total, and nothing here pays any of them.',
      of_before:
        'Sold before the move, and shown as the predecessor had it. Nothing here pays any of it; what is owed is paid by hand.',
      search_in: 'payment hash, transaction, machine, note or error',
      csv_hint: 'All of them, or those of the chosen machine, as a file',
      fact: {
        fiat: 'Fiat, exactly',
        rate: 'Rate',
        principal: 'Principal',
        commission: 'Commission',
        platform_fee: 'of it the platform’s',
        operator_fee: 'of it the operator’s'
      },
      legs: 'Its payouts, as the predecessor had them',
      no_legs: 'No payout of it was written down.',
      said: {error: 'What went wrong', notes: 'Note'},
      none: {
        title: 'No sales from before the move',
        hint: 'Sales of an earlier Satoshi Machine stand here once they were taken over.',
        action: 'See your sales'
      },
      no_match: {
        title: 'No sale from before the move matches',
        hint: 'There may be sales outside these filters.',
        action: 'Clear the filters'
      }
    },
    receipt: {
      show: 'Receipt',
      print: 'Print',
      payment: 'Payment',
      test: 'Test: no sale',
      notes: {
        cash_out: 'Banknotes to the customer',
        cash_in: 'Banknotes from the customer'
      },
      rate: 'Rate',
      value: 'Value of the notes',
      commission: {cash_out: 'Commission', cash_in: 'Commission, deducted'},
      wire: {
        cash_out: 'Paid by the customer',
        cash_in: 'Received by the customer'
      },
      came_out: 'Of these came out',
      owed: 'Owed to the customer',
      txid: 'Transaction',
      payment_hash: 'Payment hash'
    },
    raw: {title: 'Raw'},
    settlement: {
      payment: 'Payment',
      payment_hash: 'Payment hash',
      txid: 'Tx',
      txid_what: 'Transaction id of the machine',
      timeline: 'Timeline',
      not_loaded: 'This sale could not be loaded.',
      not_released: 'The sale was not released.',
      release: 'Release {sats}',
      release_title: 'Release this sale?',
      release_message:
        '{sats} of “{machine}” will be distributed: commission {commission}, principal {principal}. Sats that are paid cannot be taken back.',
      release_test: 'Release as a real sale',
      release_test_title: 'Is this a real sale?',
      release_test_message:
        'It was made while “{machine}” was in maintenance. Released, it is a sale like any other: {sats} are distributed (commission {commission}, principal {principal}), the LPs’ cash is drawn for it, and it counts in all totals. Do that only if notes came out.',
      release_dispensed: 'The notes did come out: release',
      release_dispensed_title: 'Did the notes come out?',
      release_dispensed_message:
        'The machine reports that no notes came out. Released, {sats} of “{machine}” are distributed (commission {commission}, principal {principal}), and the LPs’ cash is drawn. Do that only if you know that the customer has its notes.',
      released: 'Released. The payout starts by itself.',
      waits: 'The payout waits and goes on by itself.',
      next_try: 'Tried again by itself at',
      working: {
        held: 'In the hands of {claim} since {since}; its right to pay lasts until {until} and is renewed.',
        lapsed:
          'In the hands of {claim} since {since}, which has no right to pay any more: it is taken over by itself.'
      },
      sentence: {
        cash_out_priced: 'Customer paid {sats} for {fiat} at {rate}',
        cash_out: 'Customer paid {sats} for {fiat}',
        cash_in_priced: 'Customer got {sats} for {fiat} at {rate}',
        cash_in: 'Customer got {sats} for {fiat}',
        unknown:
          '{sats} crossed the machine’s wallet; what was sold is not known'
      },
      state: {
        held: 'Nothing of it is paid until you release it.',
        waiting:
          'Nothing of it is paid yet; you can release it now. It is looked at again at',
        test: 'A test: nothing of it is paid, and it counts nowhere.',
        rejected: 'Nothing of it was paid out: its facts cannot be used.',
        errored: 'Not everything was paid. What was paid stays paid.',
        dismissed: 'Dismissed by you. Nothing of it was paid out.'
      }
    },
    note: {
      label: 'Note for the timeline',
      add: 'Add',
      not_added: 'The note was not added.'
    },
    revise: {
      reason: 'What happened, and why you do this',
      not_done: 'Nothing was changed.',
      retry: {
        button: 'Retry',
        title: 'Retry what failed?',
        message:
          '{sats} are paid again, to where they go now: an LP’s and the platform’s wallets as they have chosen them by now. What was paid is not touched. An LP whose wallet is gone has its cash back instead.',
        resume:
          'No part of it failed: it goes on where it was stopped. What was paid is not touched.',
        target: 'Another receiver',
        target_hint: 'Left empty: the one your rules name now',
        in_rules: 'Put it into my rules from now on',
        rules_kept:
          'Your rules do not name the old receiver any more, so they stay as they are.',
        done: 'It is tried again.'
      },
      force_reset: {
        button: 'Stop',
        title: 'Stop this payout?',
        message:
          'The payout of these {sats} has been under way for a while. Stopped, it does nothing more by itself until you retry it. What was paid stays paid; what is on its way is looked up.',
        done: 'Stopped.'
      },
      release_leg: {
        button: 'Give up {sats} for {who}',
        title: 'Give this part up?',
        message:
          '{sats} for {who} are not paid any more and stay in the machine’s wallet. An LP has its cash back and can give it to another sale.',
        done: 'Given up. The sats stay in the machine’s wallet.'
      },
      keep: {
        button: 'Keep {sats}',
        title: 'Keep what was not dispensed?',
        message:
          '{sats} are owed to the customer, whose notes did not come out. Kept, they stay in the machine’s wallet and are no longer shown as owed.',
        done: 'Kept.'
      },
      partial_dispense: {
        button: 'Partial dispense',
        title: 'Not all the notes came out?',
        message:
          '{sats} are not paid out but owed to the customer. What was planned so far is withdrawn, and the LPs’ cash is drawn anew.',
        done: 'Scaled to what came out. It is planned anew.',
        by: {fraction: 'as a part', sats: 'in sats'},
        label: {fraction: 'Part that came out', sats: 'Sats that came out'},
        hint: {
          fraction: 'From 0 to below 1, such as 0.5',
          sats: 'Of what the customer paid'
        },
        before: 'Before',
        after: 'After',
        principal_sats: 'Principal',
        commission_sats: 'Commission',
        platform_fee_sats: 'of it to the platform',
        operator_fee_sats: 'of it to you',
        fiat_amount: 'Notes'
      }
    },
    reason: {
      implausible_rate:
        'The rate is too far from what this machine sold at lately.',
      first_sale:
        'The machine’s first sale: no rate was entered to compare it with. Look at the rate, then release it.',
      maintenance: 'The machine was in maintenance.',
      awaiting_delay: 'The machine pays out some minutes after the sale.',
      awaiting_dispense:
        'The machine has not reported yet which notes came out.',
      above_threshold:
        'It is more cash than you let through without looking.',
      dispense_failed: 'The machine reports that no notes came out.',
      no_stamp: 'The payment came without a machine’s stamp.',
      bad_stamp: 'A field of the machine’s stamp is missing or unusable.',
      priced_in_fiat:
        'LNbits priced the invoice in fiat itself and overwrote the machine’s amount.',
      wrong_currency: 'The stamp names another currency than the machine’s.',
      wrong_direction: 'The payment went the other way than the stamp says.',
      not_whole_sats: 'The payment is not a whole number of sats.',
      wire_disagrees:
        'Principal and commission do not add up to what was paid.',
      amounts_disagree:
        'The principal is not the fiat amount at the stamp’s exchange rate.',
      host_fee_too_large: 'The host’s fee is larger than the payment.',
      wrong_machine: 'The stamp names another machine’s key.',
      wrong_signer: 'The request was signed by somebody else’s key.',
      unsigned:
        'This machine signs what it sells, and the payment’s stamp is not signed.',
      link_reused:
        'A link for one transaction has paid once more, or for one that was cancelled.'
    },
    refund: {
      title: 'Owed to the customer',
      owed: '{sats} were paid for notes that did not come out. They stay in the machine’s wallet until you refund them.',
      failed:
        'The machine reports that no notes came out. {sats} of what the customer paid are here and are the customer’s: refunded, nothing of it is paid out to anybody else.',
      late: '{fiat} stayed in the machine, and the sale had been paid out before that was known. Refund the customer {sats} from a wallet of yours: the cash in the machine is yours instead.',
      wallet: 'Pays from your wallet',
      wallet_hint: 'Not a machine’s. The sats leave it once the customer scans the link',
      open: 'Whoever scans this with a Lightning wallet gets {sats}, once. Show or send it to the customer only.',
      claimed:
        'The customer’s wallet handed in its invoice; {sats} are on their way.',
      paid: '{sats} went back to the customer.',
      cancelled: 'The link over {sats} was cancelled.',
      expired: 'The link over {sats} has expired.',
      came_back: 'The last try did not go through: {why}',
      start: 'Refund to the customer',
      make: 'Make the link',
      until: 'Valid until',
      link: 'the link',
      cancel: 'Cancel the link',
      cancel_title: 'Cancel the link?',
      cancel_message:
        'Nobody can use it any more. The sats stay in the machine’s wallet, and you can make another link.',
      leave: 'Leave it',
      not_done: 'The refund was not changed.'
    },
    tree: {
      wire: 'Received on the wire',
      bought: 'Bought by the customer (principal)',
      to_customer: 'Sent to the customer (wire)',
      commission: 'Commission',
      principal: 'Principal → LPs',
      kept: 'Stays with the operator',
      operator: 'Operator',
      how: {
        operator:
          'Each share is cut to whole sats; what is left over goes, a sat each, to the largest remainders.',
        principal:
          'Cash first: the notes are taken from the LPs’ balances in proportion. Then the sats are split over that cash, rounded alike.'
      },
      later: 'Afterwards',
      retained: '{sats} of it stay in the machine’s wallet.',
      host_fee: 'The host took a fee of {sats} on the incoming payment.',
      rules: {
        default: 'Shared by version {version} of your default rules',
        own: 'Shared by version {version} of this machine’s rules'
      },
      charged_more_in_all:
        'For the whole sale the machine charged {by} more than its fee comes to.',
      charged_less_in_all:
        'For the whole sale the machine charged {by} less than its fee comes to.',
      charged_more:
        'The machine charged a commission of {charged}: {by} more than the {expected} that its fee comes to.',
      charged_less:
        'The machine charged a commission of {charged}: {by} less than the {expected} that its fee comes to.',
      no_legs: {
        pending: 'The payout is not planned yet.',
        held: 'Nothing is planned before the release.',
        rejected: 'Nothing is planned.',
        dismissed: 'Nothing is planned: the sats stay in the machine’s wallet.'
      }
    },
    leg: {
      platform: 'Platform',
      lp: 'LP {name}',
      nobody: 'Nobody',
      kept: 'Kept by you: these notes did not come out.',
      of_principal: '{share} of the principal',
      fee_msat: 'Fee {sats}',
      fee_unused_msat: '{sats} set aside for fees were not used',
      rounded: {
        up: 'Exactly {exact}; rounding gave it one sat that was left over',
        down: 'Exactly {exact}; cut to whole sats',
        half: 'Exactly {exact}; rounded half up'
      }
    },
    leg_type: {
      super_fee: 'platform fee',
      operator_split: 'commission split',
      dca: 'principal',
      settlement: 'balance paid off',
      autoforward: 'forwarded'
    },
    skip: {
      no_platform_wallet: 'Kept: the platform has not chosen a wallet.',
      no_split_rules: 'Kept: there are no rules for splitting the commission.',
      no_exchange_rate: 'Kept: no exchange rate is known for this sale.',
      no_lp: 'Kept: no LP takes part at this machine.',
      no_lp_balance: 'Kept: no LP has cash in this machine.',
      uncovered: 'Kept: this part of the cash belongs to no LP.',
      cash_in: 'Kept: the cash of a cash-in stays with the operator.',
      undispensed: 'Owed to the customer: these notes did not come out.',
      dust: 'Kept: the share comes to less than one sat.',
      below_minimum:
        'Kept: below the receiver’s minimum; it goes when the sum suffices.',
      fee_unused: 'Kept: set aside for the network fee and not used.',
      released: 'Kept: given up after it failed.'
    },
    machines: {
      add: 'Add machine',
      all: 'All {total} machines',
      search: 'Search (press /)',
      sales: '{n} sale | {n} sales',
      last_sale: 'last',
      not_loaded: 'The list of machines could not be loaded.',
      column: {
        name: 'Machine',
        active: 'State',
        location: 'Place',
        currency: 'Currency',
        cash_out_fee: '↓ Fee',
        cash_in_fee: '↑ Fee',
        settlements: 'Sales',
        last_sale_at: 'Last sale',
        balance: 'Wallet, sat',
        proof: 'Proof'
      },
      none_yet: {
        title: 'No machine yet',
        hint: 'Add one: it needs a name, a wallet of its own and a currency.',
        action: 'Add machine'
      },
      no_match: {
        title: 'No machine matches',
        hint: 'There may be machines with another name or state.',
        action: 'Clear the filters'
      }
    },
    machine: {
      all: 'All machines',
      holds: 'Its wallet holds {sats}',
      proof: 'Why it holds that',
      settings: 'Settings',
      commission: 'Who shares its commission',
      newest: 'Newest sales',
      cash: 'LPs have {remaining} of cash in it, {pending} wait to be confirmed, {reserved} are being turned into sats.',
      paused:
        'Payouts are paused: these books and LNbits disagree, and you decide.',
      edit: 'Change',
      not_loaded: 'This machine could not be loaded.',
      not_saved: 'The machine was not saved.',
      fact: {
        location: 'Place',
        currency: 'Currency',
        wallet: 'Wallet',
        cash_out_fee: '↓ cash-out fee',
        cash_in_fee: '↑ cash-in fee',
        reference_rate: 'Reference rate',
        rate_tolerance: 'Rate tolerance',
        fallback: 'Fallback commission',
        payout_policy: 'Pays out',
        last_sale_at: 'Last sale',
        scan_from: 'Payments counted from',
        created_at: 'Added',
        id: 'Machine id'
      },
      policy: {
        at_once: 'at once',
        after_minutes:
          '{n} minute after the sale | {n} minutes after the sale',
        on_dispense:
          'when the notes are reported, within {n} minute | when the notes are reported, within {n} minutes'
      },
      activity: {
        begin_label: 'Reactivate',
        begin_title: 'Reactivate this machine?',
        begin_message:
          'It counts as one of your working machines again.',
        end_label: 'Deactivate',
        end_title: 'Deactivate this machine?',
        end_message:
          'It is no longer one of your working machines. Its books stay, its wallet is still watched, and anything it sells is still paid out. You can reactivate it at any time.'
      },
      maintenance: {
        begin_label: 'Start maintenance',
        begin_title: 'Start maintenance?',
        begin_message:
          'From now on this machine’s sales are tests: they are held, nothing of them is paid, no LP’s cash is drawn, and they count in no total. Sales that have landed are not touched.',
        end_label: 'End maintenance',
        end_title: 'End maintenance?',
        end_message:
          'From now on sales are paid out again. The tests that are held stay held: release those that were real sales one by one.'
      }
    },
    form: {
      add: 'Add',
      save: 'Save',
      change: 'Change {name}',
      needed: 'This is needed.',
      advanced: 'Advanced',
      wallet: {
        title: 'Change the wallet?',
        message:
          'From now on sales of “{machine}” arrive in “{wallet}”: set the machine up for it. The former wallet is still watched, and what arrives there is paid out from there, until you close it.'
      },
      minutes: 'Whole minutes, from 1 to 1440',
      minutes_unit: 'min',
      policy: {
        at_once: 'at once',
        after_minutes: 'some minutes after the sale',
        on_dispense: 'when the machine has reported the notes'
      },
      field: {
        name: 'Name',
        location: 'Place',
        wallet_id: 'Wallet',
        currency: 'Currency',
        cash_out_fee_pct: '↓ cash-out fee',
        cash_in_fee_pct: '↑ cash-in fee',
        reference_rate: 'Reference rate',
        rate_tolerance_pct: 'Rate tolerance',
        fallback_commission_pct: 'Fallback commission',
        npub: 'Key of the machine (npub)',
        payout_policy: 'Sales are paid out',
        payout_delay_minutes: 'After the customer has paid',
        dispense_report_minutes: 'The report comes within',
        scan_from: 'Count payments since'
      },
      hint: {
        name: 'As you call it',
        location: 'Where it stands',
        wallet_id: 'One of its own: every payment on it counts as a sale',
        currency: 'Of its banknotes; fixed once it has cash or a sale',
        cash_out_fee_pct: 'Of the principal',
        cash_in_fee_pct: 'Of the principal',
        reference_rate: 'Without one the first sale is held for you',
        rate_tolerance_pct: 'A sale further off than this is held for you',
        fallback_commission_pct:
          'Assumed for payments without a stamp; empty: they are rejected',
        npub: 'Pairing sets it. By hand only for a machine that shows you its key',
        payout_policy: 'Applies to new sales; those that are held stay held',
        payout_delay_minutes: 'You can release a sale earlier',
        dispense_report_minutes: 'Without one the sale is held for you',
        scan_from:
          'Empty: from now on. Earlier: you see each payment before it counts'
      }
    },
    earlier: {
      title: 'Count what came before?',
      intro:
        'Since {since} this wallet has moved {n} payment. This is what it becomes if you go on: | Since {since} this wallet has moved {n} payments. This is what each becomes if you go on:',
      none: 'Since {since} this wallet has moved nothing. What arrives from now on counts.',
      paid: '{n} sale will be paid out, by your rules of now. | {n} sales will be paid out, by your rules of now.',
      send: 'Add and count these',
      back: 'Back',
      in: 'came in',
      out: 'went out',
      ignored: 'not counted',
      ignored_for: {
        not_successful: 'It did not succeed.',
        not_lightning: 'It was paid with a card or by a bank.',
        no_amount: 'It moved nothing.',
        own_leg: 'A payout of Satoshi Machine.',
        machine_transfer: 'Between two machines’ wallets.',
        self_payment: 'The wallet paid itself.',
        top_up: 'Money that you put in.',
        not_ours: 'No machine asked for it.',
        settled_before: 'A sale from before the move.'
      }
    },
    commission: {
      title: 'Who shares it',
      scope: 'Whose rules',
      default: 'Default rules',
      own: 'own rules',
      target: 'Receiver',
      label: 'Name',
      share: 'Share',
      pick: 'Choose one of your wallets',
      add: 'Add receiver',
      remove: 'Remove this receiver',
      undo: 'Undo changes',
      saved: 'Saved as version {version}. It applies to sales from now on.',
      not_loaded: 'The rules could not be loaded.',
      not_saved: 'The rules were not changed.',
      sentence: {
        default:
          'Version {version} shares your commission, at every machine without rules of its own',
        default_none:
          'Nobody shares your commission yet: it stays in the machines’ wallets',
        machine: '“{machine}” uses your default rules',
        machine_none:
          'Nobody shares the commission of “{machine}” yet: it stays in its wallet',
        own: '“{machine}” has rules of its own: version {version}'
      },
      kind: {
        none: 'Lightning address, LNURL, or a wallet here: its id or invoice key',
        own_wallet: 'Your wallet “{name}”',
        wallet: 'A wallet here',
        ln_address: 'Lightning address: bears the network’s fee',
        lnurl: 'LNURL: bears the network’s fee'
      },
      sum: {
        whole: '{sum}',
        short: '{sum}: {rest} missing',
        over: '{sum}: {rest} too much',
        unknown: 'A share cannot be read'
      },
      example:
        'Of a cash-out of {principal} with {commission} commission the platform has {platform}; {operator} are shared.',
      save: {
        title: 'Share the commission like this?',
        default:
          'It applies to sales from now on, at every machine without rules of its own. Sales that are planned keep their version.',
        machine:
          'It applies to sales of “{machine}” from now on. Sales that are planned keep their version.'
      },
      back: {
        label: 'Back to default',
        title: 'Back to the default rules?',
        message:
          'From now on the commission of “{machine}” is shared by your default rules. Its own rules are kept in the history.'
      },
      what_if: {
        title: 'What if?',
        intro:
          'Tries these shares on what was sold. Nothing is saved, nothing is paid.',
        count: 'Tried on',
        last: 'the last {n} sales',
        try: 'Try',
        sum: 'No sale with a commission to share yet. | {n} sale, {sats} of commission shared | {n} sales, {sats} of commission shared',
        old: 'You have changed the shares since.',
        kept: 'stays in the wallet',
        open: '{sats} of it not paid yet',
        not_done: 'It could not be tried out.',
        column: {
          who: 'Receiver',
          would: 'Would have got, sat',
          was: 'Got, sat',
          difference: 'Difference'
        }
      },
      history: {
        title: 'Versions',
        version: 'Version {version}',
        in_force: 'in force',
        restore: 'Use again',
        none: 'No version yet. The first one begins with what you save.',
        not_loaded: 'The versions could not be loaded.'
      }
    },
    wallets: {
      title: 'Former wallets',
      explained:
        'Still watched and explained. Close one when nothing in it is the machine’s any more.',
      gone: 'A wallet that was deleted',
      holds: 'holds {sats}',
      closed: 'closed',
      not_loaded: 'The former wallets could not be loaded.',
      not_closed: 'The wallet was not closed.',
      close: {
        label: 'Close this wallet',
        title: 'Close “{name}”?',
        message:
          'Everything in it is checked once more. From then on nothing that arrives in “{name}” is a sale, and what it holds is yours.',
        done: '“{name}” is no longer this machine’s.'
      }
    },
    tie: {
      under_way: 'A sale is being paid.',
      held: 'A sale is held.',
      payment: 'A payment is under way.',
      refund: 'A customer may fetch a refund.',
      cash_in: 'A customer has not fetched its sats yet.',
      errored: 'A sale is not paid out completely.',
      rejected: 'A payment without usable facts waits for you.',
      owed: 'Sats in it are owed to somebody.',
      invoice: 'An invoice may still be paid.',
      unexplained: 'These books and LNbits disagree.',
      not_proved: 'It moved too much to be proved. Try again in a moment.'
    },
    ago: {
      never: 'never',
      now: 'just now',
      minutes: '{n} minute ago | {n} minutes ago',
      hours: '{n} hour ago | {n} hours ago',
      days: '{n} day ago | {n} days ago'
    },
    key: {
      title: 'Pairing',
      explained: {
        unpaired:
          'Paired, the machine signs all it says with a key of its own, and nobody else can speak for it.',
        revoked:
          'Its key was revoked: nothing is taken from it until you pair it again.'
      },
      pair: {
        first: 'Pair this machine',
        anew: 'Make a new code',
        again: 'Pair again'
      },
      code_open: 'A pairing code is open until',
      by_hand: 'entered by hand',
      fact: {
        npub: 'Key',
        seen: 'Last heard of',
        since: 'Paired since',
        software: 'Software',
        screen: 'Screen'
      },
      revoke: {
        label: 'Revoke',
        title: 'Revoke the key of “{name}”?',
        message:
          'At once nothing that this key signs is taken any more: the machine sells nothing, buys nothing and reports nothing until you pair it again. What customers have paid is paid out, and links that they have stay theirs.'
      },
      unsigned: {
        label: 'Takes unsigned sales',
        hint: 'Anybody who has the wallet’s invoice key can write such a sale. Needed only while the machine still sells by LNbits’ own API.',
        on_label: 'Take them',
        on_title: 'Take unsigned sales?',
        on_message:
          'From now on payments with an unsigned stamp on this wallet are sales of this machine, as if it were not paired.',
        off_label: 'Reject them',
        off_title: 'Reject unsigned sales?',
        off_message:
          'From now on payments with an unsigned stamp on this wallet are rejected. You can adopt one that was a sale.'
      },
      silent: {
        label: 'Silent after',
        hint: 'Then it is in your worklist'
      }
    },
    pair: {
      title: 'Pair “{name}”',
      code: 'Pairing code',
      how: 'Choose “Pair” on the machine’s screen and let it scan this, or type the code. It works once.',
      replaces:
        'The present key ends at the moment when the new one is bound, not before.',
      left: 'Valid for',
      waiting: 'Waiting for the machine…',
      paired: 'Paired',
      next: 'The machine signs what it says from now on. Look at its limits next.',
      on_dispense:
        'Its sales are paid out once it has reported which notes came out.',
      over: 'This code is of no use any more.',
      lost: 'The code was made, but the answer with it was lost. Make a new one.',
      take_back: 'Take back',
      make: 'Make a new code',
      done: 'Done',
      not_made: 'No code was made.',
      not_taken_back: 'The code was not taken back.'
    },
    limits: {
      title: 'Limits',
      change: 'Set limits',
      form: 'Limits of “{name}”',
      intro: 'The most cash that the machine may move. Empty is no limit.',
      warning:
        'This machine has no limit. Should its key be stolen, nothing bounds what is asked for with it.',
      left: '{amount} left now',
      not_saved: 'The limits were not saved.',
      none: {limit: 'no limit', hold: 'never'},
      name: {
        transaction: 'One transaction',
        hour: 'In an hour',
        day: 'In a day',
        hold_above: 'Held for you above'
      },
      hint: {
        transaction: 'More is refused',
        hour: 'Of the last 60 minutes',
        day: 'Of the last 24 hours',
        hold_above: 'You release each above this'
      }
    },
    transactions: {
      view: {owing: 'Cash taken, not claimed', all: 'All'},
      of_machine: 'All',
      search: 'Transaction or machine (press /)',
      owing:
        '{n} customer’s cash is in a machine, and its sats are not fetched | {n} customers’ cash is in machines, and their sats are not fetched',
      not_loaded: 'The transactions could not be loaded.',
      filter: {machine_id: 'Machine', tx_type: 'Direction', state: 'State'},
      column: {
        created_at: 'Begun',
        direction: 'Direction',
        state: 'State',
        fiat_amount: 'Fiat',
        wire_sats: 'Wire, sat',
        expires_at: 'Until'
      },
      none_owing: {
        title: 'Every customer has its sats',
        hint: 'Who gave banknotes and has not fetched the sats is listed here.',
        action: 'See all transactions'
      },
      none_yet: {
        title: 'No transactions yet',
        hint: 'A paired machine posts what its customers do. Sales of other machines are under “Settlements”.',
        action: 'See your machines'
      },
      no_match: {
        title: 'No transaction matches',
        hint: 'There may be transactions outside these filters.',
        action: 'Clear the filters'
      }
    },
    transaction: {
      not_loaded: 'This transaction could not be loaded.',
      sentence: {
        out_open: 'Customer is to pay {sats} for {fiat}',
        out_paid: 'Customer paid {sats} for {fiat}',
        out_over: 'Customer did not pay {sats} for {fiat}',
        in_giving: 'Customer is giving notes: {fiat} so far, for {sats}',
        in_owed: 'Customer gave {fiat} and is to get {sats}',
        in_paid: 'Customer gave {fiat} and got {sats}',
        in_back: 'Customer was given its {fiat} back',
        in_left: 'Customer left without a note'
      },
      held: {
        above_threshold: 'It is more cash than you let through unseen.',
        above_transaction_limit: 'It is more than the limit of one transaction.',
        above_hour_limit: 'It is more than was left of the hour’s limit.',
        above_day_limit: 'It is more than was left of the day’s limit.',
        implausible_rate:
          'Its rate is too far from what this machine sold at lately.',
        unknown: 'It waits for you.'
      },
      lapsed:
        'The link is over, and the cash is in the machine. Extend it, so that the customer can fetch its sats, or give the cash back.',
      claimed:
        'The customer’s wallet handed in its invoice; the sats are on their way.',
      came_back: 'The last try did not go through: {why}',
      fact: {
        rate: 'Rate',
        principal: 'Value of the notes',
        commission: 'Commission',
        wire: 'Wire',
        dispense: 'Notes'
      },
      outcome: {
        complete: 'all came out',
        partial: 'some came out',
        failed: 'none came out'
      },
      dispense: {
        complete: 'All notes came out.',
        partial: '{amount} came out.',
        failed: 'No notes came out.',
        unknown: 'The machine has not reported its notes yet.'
      },
      notes: 'Notes in the machine',
      link: {
        open: 'Whoever scans this with a Lightning wallet gets {sats}, once. Show or give it to the customer only.',
        print: 'Print it anew'
      },
      slip: {
        for: 'for {fiat}',
        how: 'Scan this with a Lightning wallet. It works once.',
        until: 'Until {at}'
      },
      release: {
        button: 'Release {sats}',
        title: 'Let the customer have its sats?',
        message:
          'The customer gave {fiat} and gets a link to {sats}. Once they are fetched they cannot be taken back.',
        done: 'Released. The customer’s machine shows the link.'
      },
      extend: {
        button: 'Extend the link',
        title: 'Extend the link?',
        message:
          '{sats} for {fiat} can be fetched by the same link until so many days from now.',
        field: 'Days from now',
        days: 'Whole days, from 1 to 90',
        send: 'Extend',
        done: 'Extended.'
      },
      give_back: {
        button: 'Cash given back',
        title: 'Was {fiat} given back?',
        message:
          'Say so once the customer has its {fiat} back. Its link over {sats} is of no use any more.',
        done: 'Noted. The link is closed.'
      }
    },
    signed: {
      by: 'Signed by the machine’s key',
      stayed: '{amount} stayed in the machine after the sale had been paid out.'
    },
    cash_position: {
      title: 'Cash in it',
      not_loaded: 'The cash in this machine could not be loaded.',
      none_yet:
        'This machine has not reported its cash yet. It does by itself once it is paired; or begin with what you put in.',
      unit: {cassette: 'cassette', box: 'box'},
      group: {cassette: 'Cassettes', box: 'Box'},
      column: {notes: 'Notes', expected: 'Expected', reported: 'Reported'},
      total: 'Together',
      reported: 'Reported by the machine',
      never_reported: 'The machine has not reported its cash yet.',
      too_early:
        'How long the notes last is said here once there were sales on three days.',
      own: '{amount} of it belong to no LP, but to you: of cash-ins, and of sales that were paid out although notes stayed in.',
      note: 'Note, if there is something to say',
      verdict: {
        uncounted: 'not counted yet',
        unreported: 'not reported',
        moved: 'notes moved since the report',
        agrees: 'as expected',
        missing: '{n} note missing | {n} notes missing',
        more: '{n} note more than expected | {n} notes more than expected'
      },
      since: {
        counted: '{from} on {day}; since then {moved}',
        moved: '{refilled} put in and {dispensed} given out',
        taken: '{taken} taken in'
      },
      outlook: {
        empty: 'empty',
        today: 'runs out today',
        tomorrow: 'runs out tomorrow',
        day: 'runs out about {day}',
        long: 'lasts for long'
      },
      box: {
        open: '{count} note in it | {count} notes in it',
        fits: '{count} of {capacity} notes that fit'
      },
      full: {
        now: 'full',
        today: 'full today',
        tomorrow: 'full tomorrow',
        day: 'full about {day}'
      },
      counted: {
        uncounted: 'nothing was expected yet',
        agrees: 'as expected',
        missing: '{n} missing',
        more: '{n} more than expected'
      },
      movement: {
        title: 'What moved notes',
        by_people: 'By you',
        all: 'All',
        none_by_people: 'You have put nothing in and taken nothing out yet.',
        none: 'No note has moved yet.',
        more: 'Show more',
        machine: 'the machine',
        first_report: '{n} × {note} first reported',
        refilled: '{n} × {note} put in',
        dispensed: '{n} × {note} given to a customer',
        taken: '{n} × {note} taken from a customer',
        emptied: {
          cassette: '{n} × {note} counted out of the cassette',
          box: '{n} × {note} counted out of the box'
        }
      },
      refill: {
        offer: 'Refill',
        title: 'Put notes in',
        cassette: 'Cassette',
        another: 'another denomination',
        denomination: 'Denomination',
        count: 'Notes put in',
        begins: 'A cassette that held nothing before',
        uncounted: 'Nobody has counted what is in it',
        now: '{n} expected in it now',
        fits: '{n} fit',
        whole: 'A whole number of notes, from 1',
        button: 'Put in',
        sure: '{n} × {note} were put into “{machine}”.',
        sure_after:
          '{n} × {note} were put into “{machine}”. Expected in the cassette from now on: {after}.',
        done: '{n} × {note} put in.',
        not_done: 'Nothing was written down.'
      },
      count: {
        offer: 'Emptied',
        title: 'Emptied and counted',
        intro:
          'Take all notes out, count them, and say how many they were. What is expected begins anew with nothing; put in what goes back as a refill.',
        what: 'What was emptied',
        cassette: 'Cassette of {note}',
        box: 'Box',
        counted: '{note}: counted',
        expected: '{n} expected',
        uncounted: 'Nothing was expected yet',
        another: 'Another denomination',
        another_hint: 'If a note was in it that is not listed',
        how_many: 'Counted',
        note_hint: 'Why it differs, if it does',
        whole: 'A whole number of notes, from 0',
        row_done: 'written down',
        button: 'Write down',
        sure: 'Counted out of “{machine}”:',
        done: 'Written down. What is expected begins anew.',
        not_done: 'Not all of it was written down.'
      }
    },
    correction: {
      look: 'Show what it comes to',
      doubtful:
        'The rate is far from what this machine sold at lately. Look again before you go on.',
      sure: 'I have looked: this rate is right',
      lps: 'LPs and their cash',
      lps_not_loaded: 'The LPs of this machine could not be loaded.',
      no_lps: 'No LP is at this machine yet.',
      again: 'Try again',
      give_up: 'Give up',
      kept: 'Sats that stayed in its wallet',
      kept_totals:
        'Kept of its sales ({n}): {kept}, of which {paid} could be paid out now.',
      kept_not_loaded: 'What the machine keeps could not be loaded.',
      payers: 'Remembered payers',
      payers_hint: 'Payments without a stamp from there are top-ups.',
      payers_not_loaded: 'The remembered payers could not be loaded.',
      forget: 'Forget',
      field: {
        principal_sats: 'Principal',
        fee_sats: 'Commission',
        exchange_rate: 'Exchange rate',
        fiat_amount: 'Fiat amount; empty: what the principal costs',
        amount_fiat: 'Amount; empty: all that is left',
        funding_wallet_id: 'Paid from your wallet',
        reason: 'Why',
        remember_payer: 'Remember this payer: its payments are top-ups from now on'
      },
      figure: {
        direction: 'Direction',
        principal: 'Principal',
        commission: 'Commission',
        platform_fee: 'of it the platform’s',
        fiat: 'Fiat',
        rate: 'Rate',
        reference: 'For comparison: recent sales',
        lp: 'LP',
        remaining: 'Left of its cash',
        paid_off: 'Paid off',
        pays: 'Your wallet pays',
        funding: 'Your wallet holds'
      },
      adopt: {
        offer: 'Adopt',
        title: 'Adopt this payment as a sale?',
        intro:
          'Supply what the payment did not say. Then it is paid out like any sale.',
        send: 'Adopt and pay out',
        done: 'Adopted. The payout starts by itself.',
        not_done: 'The payment was not adopted.'
      },
      dismiss: {
        offer: 'Dismiss',
        title: 'Dismiss this payment?',
        intro: 'Nothing of it is ever paid out. The sats stay in the wallet.',
        send: 'Dismiss',
        done: 'Dismissed.',
        not_done: 'The payment was not dismissed.'
      },
      supply_rate: {
        offer: 'Supply the rate',
        title: 'Supply the rate of this sale?',
        intro: 'It decides whose cash was sold, and can be set only once.',
        send: 'Save the rate',
        done: 'Saved. What was kept can be paid out now.',
        not_done: 'The rate was not saved.'
      },
      sweep: {
        offer: 'Pay what was kept',
        title: 'Pay out what stayed in the wallet?',
        intro:
          'By the rules and the LPs’ cash as they are now. Sats that are paid cannot be taken back.',
        stays: 'stays in the wallet',
        send: 'Pay out',
        done: 'The payout starts by itself.',
        not_done: 'Nothing was paid out.'
      },
      correct: {
        offer: 'Correct the rate',
        title: 'Correct the rate of this sale?',
        intro:
          'The LPs’ cash is put right and each sees why. Sats are not pulled back.',
        enough: '{lp} gave {drawn} instead of {right}',
        short: '{lp} gave {drawn} instead of {right}; {short} is missing',
        send: 'Correct',
        done: 'Corrected.',
        not_done: 'Nothing was corrected.'
      },
      settle: {
        offer: 'Pay off',
        title: 'Pay this balance off?',
        intro:
          'The LP gets sats from a wallet of yours for what is left of its cash.',
        send: 'Pay off',
        done: 'The payment starts by itself.',
        not_done: 'It was not paid off.'
      }
    },
    import: {
      title: 'Import your books',
      explained:
        'Machines, LPs, opening balances and commission splits, as CSV. You see what becomes of every row before anything is written.',
      choose: 'Choose CSV files',
      choose_hint: 'One or more: their first line says what is in them',
      examples: 'Examples to fill in',
      example: 'Example',
      example_of: 'Example: {what}',
      kind: {
        machines: 'Machines',
        lps: 'LPs',
        opening_balances: 'Opening balances',
        splits: 'Commission splits'
      },
      hint: {
        machines: 'Each on a wallet of your own, by its name or its id',
        lps: 'Each gets an invitation: by a link, or by its username',
        opening_balances:
          'Cash that an LP brings along; it waits for your confirmation',
        splits: 'A set as a whole; without a machine it is your default'
      },
      adds: '{n} row will be written. | {n} rows will be written.',
      same: '{n} is there already. | {n} are there already.',
      wrong: '{n} is wrong and left out. | {n} are wrong and left out.',
      only: {add: 'Written: {n}', same: 'There: {n}', wrong: 'Wrong: {n}'},
      place: '{file}, line {line}',
      place_column: '{file}, line {line}, {column}',
      more: '{n} more',
      row: {
        machines: {
          add: 'Adds the machine “{machine}” in {currency}, on the wallet “{wallet}”.',
          same: 'The machine “{machine}” is there already and stays as it is.'
        },
        lps: {
          add: 'Invites “{lp}” to “{machine}”.',
          same: '“{lp}” is an LP of “{machine}” already.'
        },
        opening_balances: {
          add: 'Records {amount} for “{lp}” at “{machine}”; you confirm it.',
          waits:
            'Records {amount} for “{lp}” at “{machine}”; it waits until the LP has accepted.'
        },
        splits: {
          add: 'Gives {share_pct} % of the commission of “{machine}” to {target}.',
          default: 'Gives {share_pct} % of the commission to {target}.',
          same: '{target} has {share_pct} % already.'
        }
      },
      count: {
        machines: '{n} machine | {n} machines',
        lps: '{n} LP | {n} LPs',
        opening_balances: '{n} opening balance | {n} opening balances',
        splits: '{n} receiver of commission | {n} receivers of commission'
      },
      send: 'Import {n} row | Import {n} rows',
      ask: {
        title: 'Import this?',
        message:
          '{what}. It is written as one act: all of it, or nothing. No cash counts before you confirm it.'
      },
      not_done: 'Nothing was imported.',
      done: 'Imported: {what}.',
      links:
        'Give each LP its link. The links are shown this once; you can make new ones under “LPs & cash”.',
      no_links:
        'The links were told before. You can make new ones under “LPs & cash”.',
      save_links: 'Save the links',
      copy: 'Copy'
    },
    reports: {
      place: {
        files: 'Files',
        months: 'Months',
        audit: 'Audit trail',
        import: 'Import'
      },
      title: 'Everything as a file, for the days you choose',
      explained:
        'Days begin and end at midnight in {zone}. Times are given on that clock and in UTC.',
      not_loaded: 'The reports could not be loaded.',
      since: 'From',
      until: 'To',
      reversed: 'This is before the first day.',
      range: {
        label: 'Days',
        this_month: 'This month',
        last_month: 'Last month',
        this_year: 'This year',
        last_year: 'Last year',
        everything: 'Everything'
      },
      now: 'As it is now, whatever the days.',
      all_machines: 'Of all machines.',
      csv: 'CSV',
      csv_of: '{what} as CSV',
      journal: {
        title: 'Double-entry journal',
        holds:
          'Every sale, cash entry, payoff and top-up as one transaction, with the balances to be checked.',
        hledger: 'hledger',
        beancount: 'Beancount'
      },
      last_line:
        'The last line of every file says END and how many rows it has. A file without that line is incomplete: download it again.',
      file: {
        sales: {
          title: 'Sales',
          holds: 'Each with its amounts, rate, fees and state.'
        },
        legs: {
          title: 'Payouts',
          holds: 'Every leg: to whom, how much, what it cost, or why it was kept.'
        },
        cash: {
          title: 'Cash entries',
          holds: 'What LPs handed over and got back, and who confirmed it.'
        },
        lps: {title: 'LPs', holds: 'What each has given, has left and has received.'},
        machines: {title: 'Machines', holds: 'How each is set up and what its wallet holds.'},
        transactions: {
          title: 'Machines’ transactions',
          holds: 'What machines that sign sold and bought, and whose cash is not fetched.'
        },
        worklist: {title: 'Worklist', holds: 'What needed a person, and what was decided.'},
        audit: {title: 'Audit trail', holds: 'Who did what and when, before and after.'},
        'earlier-sales': {
          title: 'Sales from before the move',
          holds: 'As the predecessor had them: in no total of these books, and paid by nothing here.'
        },
        'earlier-legs': {
          title: 'Payouts from before the move',
          holds: 'What the predecessor paid of those sales, to whom, and what it left open.'
        }
      }
    },
    months: {
      choose: 'Month',
      none: 'Your months begin with your first machine.',
      none_action: 'Machines',
      not_loaded: 'The months could not be loaded.',
      figures_not_loaded: 'The figures of the month could not be loaded.',
      empty: 'Nothing happened in this month.',
      open: '{month} is open: its figures are as the books have them now.',
      closed: '{month} is closed: its figures are frozen.',
      sealed: 'Hash {hash}',
      explained:
        'Opening + in − out + corrected = closing. “Corrected” is what changed in closed months after they were closed.',
      zone: 'Days begin at midnight in {zone}',
      print: 'Print',
      csv: 'CSV',
      close: 'Close {month}',
      close_title: 'Close {month} for good?',
      close_message:
        'Its figures are frozen under a hash and cannot be changed any more. Later corrections appear in the first open month.',
      closed_done: '{month} is closed.',
      not_closed: 'The month was not closed.',
      option: {open: '{month}', closed: '{month} · closed'},
      subject: {machine: 'Machine', lp: 'LP', partner: 'Partner'},
      column: {
        what: 'Whose',
        opening: 'Opening',
        came: 'In',
        went: 'Out',
        corrected: 'Corrected',
        closing: 'Closing'
      }
    },
    trail: {
      search: 'Event or id',
      about: 'About',
      one_thing: 'One thing only',
      only_this: 'Only what happened to this',
      open: 'Open what it is about',
      number: 'event {n}',
      change: '{before} → {after}',
      actor: {engine: 'the engine', machine: 'the machine'},
      not_loaded: 'The audit trail could not be loaded.',
      no_match: 'No event matches.',
      none_yet: 'Nothing has happened yet. What you do first appears here.',
      show_all: 'Show all',
      kind: {
        settlement: 'Sales',
        leg: 'Payouts',
        withdrawal: 'Refunds',
        cash: 'Cash entries',
        enrolment: 'LPs',
        machine: 'Machines',
        split: 'Commission rules',
        matter: 'Worklist',
        month: 'Months',
        payer: 'Remembered payers',
        operator: 'Your settings',
        platform: 'The platform’s fee',
        transaction: 'Transactions of machines',
        move: 'Moving over'
      },
      event: {
        balance: {settled: 'An LP’s balance is being paid off'},
        cash: {
          recorded: 'Cash was recorded',
          confirmed: 'Cash was confirmed: it counts from now on',
          cancelled: 'A cash entry was put aside',
          disputed: 'An LP disputed a cash entry',
          dispute_withdrawn: 'An LP stood by a cash entry after all'
        },
        import: {done: 'Books were taken over from files'},
        enrolment: {
          invited: 'An LP was invited',
          accepted: 'An LP accepted the invitation',
          withdrawn: 'An invitation was taken back',
          invited_again: 'An LP was invited again',
          link_replaced: 'An invitation got a new link',
          paused: 'An LP was paused',
          resumed: 'An LP takes part again',
          ended: 'An LP’s part ended',
          reactivated: 'An LP’s part was taken up again',
          renamed: 'An LP’s display name was changed'
        },
        leg: {
          planned: 'A payout was planned',
          handed_over: 'A payout was handed to LNbits',
          completed_at_once: 'A payout was made',
          completed: 'A payout was made',
          refused: 'A payout was refused',
          withdrawn: 'A payout was taken back before it was made',
          failed: 'A payout failed',
          lost_sight: 'There was no answer whether a payout was made',
          found_completed: 'A payout was looked up and found made',
          found_failed: 'A payout was looked up and found not made',
          refunded: 'A customer got sats back',
          found_refunded: 'A refund was looked up and found made',
          given_up: 'A failed payout was given up or is tried anew',
          swept: 'What was kept is paid out by another leg'
        },
        machine: {
          added: 'A machine was added',
          changed: 'A machine was changed',
          payouts_paused: 'Payouts of a machine were paused',
          payouts_resumed: 'Payouts of a machine go on',
          wallet_changed: 'A machine got another wallet',
          wallet_closed: 'A former wallet of a machine was closed',
          pairing_opened: 'A pairing code was made for a machine',
          pairing_closed: 'A machine’s pairing code was taken back',
          paired: 'A machine was paired: its key is bound',
          key_revoked: 'A machine’s key was revoked',
          refilled: 'Notes were put into a machine',
          emptied: 'Notes were taken out of a machine and counted'
        },
        month: {closed: 'A month was closed'},
        matter: {
          accepted: 'A matter of the worklist was accepted',
          denied: 'A matter of the worklist was denied'
        },
        operator: {
          settings_changed: 'Your settings were changed',
          asked: 'You asked to be approved as an operator',
          approved: 'You were approved as an operator',
          withdrawn: 'Your approval as an operator was withdrawn'
        },
        payer: {
          remembered: 'A payer is remembered',
          forgotten: 'A payer is forgotten'
        },
        platform: {changed: 'The platform’s fee was changed'},
        predecessor: {moved: 'A predecessor’s books were taken over'},
        settlement: {
          landed: 'A sale was found and written down',
          planned: 'It was decided who gets what of a sale',
          released: 'A held sale was released',
          processed: 'A sale was paid out completely',
          errored: 'Parts of a sale could not be paid',
          stopped: 'A sale was stopped',
          retried: 'What failed of a sale is tried again',
          concluded: 'The last open part of a sale was decided',
          replanned: 'It is decided anew who gets what of a sale',
          withdrawn: 'It is decided anew who gets what of a sale',
          reopened: 'What was kept of a sale is paid out',
          adopted: 'A rejected payment became a sale',
          dismissed: 'A payment was put aside',
          put_aside: 'A sale was put aside: other payments were taken for it',
          waits: 'A sale waits to be paid out',
          taken_over: 'Another process goes on with a sale',
          corrected: 'The rate of a sale was corrected',
          dispensed: 'Only some notes of a sale came out',
          dispense_failed: 'No notes of a sale came out',
          facts_supplied: 'The facts of a payment were supplied',
          leg_kept: 'Sats whose notes did not come out are kept',
          leg_released: 'A failed payout of a sale was given up',
          noted: 'A note was written',
          rate_supplied: 'The rate of a sale was supplied',
          retry_asked: 'Somebody asked for failed payouts to be tried again'
        },
        transaction: {
          opened: 'A machine began a transaction',
          paid: 'A customer paid a machine’s invoice',
          offered: 'A customer got a link to its sats',
          held: 'A customer’s cash is held for you',
          cancelled: 'A customer left without a note',
          released: 'A held customer gets its sats',
          given_back: 'A customer was given its cash back',
          claimed: 'A customer fetched its sats',
          invoiced: 'A machine got an invoice for its customer',
          posted_again: 'A machine posted a transaction again',
          notes_taken: 'A machine took a customer’s notes',
          extended: 'A customer’s link was made good for longer',
          dispensed: 'A machine reported which notes came out',
          stayed: 'Notes stayed in a machine whose sale had been paid out',
          link_registered: 'A machine named the link by which it pays',
          link_opened: 'A link over a customer’s sats was made',
          link_claimed: 'A customer handed in an invoice',
          link_handed_over: 'A customer’s invoice was handed to LNbits',
          link_found: 'A customer’s payment was found in LNbits’ books',
          link_paid: 'A customer’s invoice was paid',
          link_came_back:
            'A customer’s payment did not go through; its link is open again',
          link_cancelled: 'A customer’s link was taken back'
        },
        split: {
          replaced: 'The commission rules were replaced',
          back_to_default: 'A machine went back to your default commission rules'
        },
        withdrawal: {
          opened: 'A link for a refund was made',
          claimed: 'A customer handed in an invoice for a refund',
          paid: 'A refund was paid',
          came_back: 'A refund did not go through; its link is open again',
          handed_over: 'A customer’s invoice for a refund was handed to LNbits',
          found: 'A refund was found in LNbits’ books',
          cancelled: 'A link for a refund was taken back',
          expired: 'A link for a refund expired'
        }
      },
      field: {
        active: 'active',
        amount: 'amount',
        amount_msat: 'amount',
        attempt: 'attempt',
        cash_date: 'day of the cash',
        cash_in_day: 'cash-in in a day',
        cash_in_fee_pct: 'cash-in fee (%)',
        cash_in_hold_above: 'cash-in held above',
        cash_in_hour: 'cash-in in an hour',
        cash_in_transaction: 'one cash-in',
        cash_out_day: 'cash-out in a day',
        cash_out_fee_pct: 'cash-out fee (%)',
        cash_out_hold_above: 'cash-out held above',
        cash_out_hour: 'cash-out in an hour',
        cash_out_transaction: 'one cash-out',
        code: 'code',
        commission_sats: 'commission',
        count: 'number of notes',
        currency: 'currency',
        denomination: 'denomination',
        difference: 'difference',
        dispense: 'notes',
        dispensed_amount: 'notes that came out',
        dispensed_sats: 'dispensed',
        dispute_reason: 'what the LP says',
        error_code: 'reason',
        error_message: 'what is wrong',
        exchange_rate: 'rate (sat per unit)',
        fallback_commission_pct: 'fallback commission (%)',
        fee_msat: 'fee',
        fee_unused_msat: 'unused fee',
        fiat_amount: 'fiat',
        hash: 'hash',
        held_for: 'held because',
        kind: 'kind',
        label: 'receiver',
        leg_key: 'part',
        leg_type: 'type',
        location: 'location',
        maintenance: 'maintenance',
        name: 'name',
        notes: 'notes',
        npub: 'key',
        operator_fee_sats: 'operator’s fee',
        payment_hash: 'payment hash',
        payout_delay_minutes: 'delay (minutes)',
        payout_policy: 'payout policy',
        plan_version: 'version of the plan',
        platform_fee_sats: 'platform’s fee',
        principal_sats: 'principal',
        rate_tolerance_pct: 'rate tolerance (%)',
        reason: 'reason',
        reference_rate: 'reference rate',
        sats: 'sats',
        sent_msat: 'sent',
        sentence: 'why',
        silent_minutes: 'silent after (minutes)',
        state: 'state',
        status: 'status',
        stayed_amount: 'notes that stayed',
        takes_unsigned: 'takes unsigned sales',
        tx_type: 'direction',
        txid: 'transaction id',
        unit: 'where',
        username: 'LP',
        waits_code: 'waits for',
        wire_sats: 'wire'
      }
    },
    lps: {
      view: {lps: 'LPs', cash: 'Cash entries'},
      invite: 'Invite an LP',
      search: 'Search (press /)',
      not_loaded: 'The list of LPs could not be loaded.',
      lasts: 'lasts {n} d',
      filter: {machine_id: 'Machine', status: 'Status'},
      column: {
        username: 'LP',
        status: 'Status',
        machine: 'Machine',
        remaining: 'Cash left',
        deposited: 'Deposited',
        received_sats: 'Received, sat',
        share: 'Of the machine',
        days: 'Days left',
        act: ''
      },
      next: {book: 'Record cash', invite: 'Invitation'},
      waiting: {
        pending:
          '{n} cash entry waits for your confirmation | {n} cash entries wait for your confirmation',
        disputed:
          '{n} cash entry is disputed by its LP | {n} cash entries are disputed by their LPs'
      },
      none_yet: {
        title: 'No LP yet',
        hint: 'An LP hands you cash for a machine and gets sats as it is sold. Invite the first one by a link.',
        action: 'Invite an LP'
      },
      no_match: {
        title: 'No LP matches',
        hint: 'There may be LPs outside these filters.',
        action: 'Clear the filters'
      }
    },
    lp: {
      not_loaded: 'This LP could not be loaded.',
      holds: '{amount} of cash left in “{machine}”',
      invited_to: 'To the machine “{machine}”',
      received: '{sats} in {n} payout | {sats} in {n} payouts',
      waits:
        'The LP has not accepted yet. Its link was shown when it was made; a new one takes its place.',
      no_link:
        'No link of this invitation is valid any more. Make a new one and send it to the LP.',
      no_part: {
        not_onboarded:
          'It takes no part in sales: the LP has to open its invitation, or the Satoshi Machine LP extension, and to choose where its sats arrive.',
        no_limit_in_currency:
          'It takes no part in sales: the LP’s daily limit is in another currency than {currency}.'
      },
      fact: {
        confirmed: 'Deposited',
        paid: 'Turned into sats',
        reserved: 'Reserved for sats on their way',
        leaving: 'About to be taken out',
        pending: 'Waits for your confirmation',
        received: 'Received',
        share: 'Share of the machine’s cash',
        days: 'Days until it is used up'
      },
      book: {cash_returned: 'Return cash', moved: 'Move cash'},
      renew: {
        label: 'Make a new link',
        title: 'Make a new link?',
        message: 'The link that {name} may have got is of no use any more.'
      },
      pause: {
        label: 'Pause',
        title: 'Pause {name}?',
        message:
          'It takes part in no sale until you resume it. Its cash stays its own, and sats on their way arrive.'
      },
      resume: {
        label: 'Resume',
        title: 'Resume {name}?',
        message: 'From the next sale on its cash is sold again.'
      },
      end: {
        label: 'End',
        title: 'End {name}’s part in this machine?',
        message:
          'This is possible only once no cash is left, reserved or waiting: pay it off, return it or move it first. You can bring the LP back later.'
      },
      withdraw: {
        label: 'Take back',
        title: 'Take back the invitation of {name}?',
        message: 'Its link is of no use any more. You can invite the LP again.'
      },
      reactivate: {
        label: 'Bring back',
        title: 'Bring {name} back?',
        message: 'It takes part in sales again as soon as it has cash here.'
      },
      rename: {
        label: 'Rename',
        title: 'What you call this LP',
        not_done: 'The name was not changed.'
      }
    },
    invite: {
      title: 'Invite an LP',
      intro: {
        link: 'You get a link for whoever you give it to. It works once, for seven days.',
        username:
          'Only the user of exactly this name on this LNbits can accept, on its page or by the link that you get.'
      },
      by: {link: 'By a link', username: 'By username'},
      no_machine: 'Add a machine first: an LP gives cash for one.',
      username: 'Username, exactly',
      name: 'What you call this LP',
      name_hint: 'Only you see it',
      send: 'Make the invitation',
      not_done: 'Nobody was invited.',
      made: 'The invitation of {name} is ready',
      once: 'Send it, or let it be scanned. It is shown this once; a lost one is replaced by a new one.',
      lost: 'The LP is invited, but the answer with its link was lost. Open the LP in the list and make a new link.',
      link: 'Invitation link',
      text: 'Invitation',
      copy_text: 'Copy with a greeting',
      share: 'Share',
      message:
        'Hello! Here you accept to take part in the machine “{machine}” and choose where your sats arrive. The link works once, for seven days: {link}',
      until: 'Valid until'
    },
    cash: {
      search: 'Search LP or note',
      not_loaded: 'The cash entries could not be loaded.',
      not_done: 'Nothing was changed.',
      waits_for_lp: 'Waits until the LP has accepted its invitation.',
      none_yet: {
        title: 'No cash yet',
        hint: 'Record the cash that an LP hands you: sales are paid out for it.',
        action: 'See your LPs'
      },
      no_match: {
        title: 'No cash entry matches',
        hint: 'There may be entries outside these filters.',
        action: 'Clear the filters'
      },
      filter: {machine_id: 'Machine', status: 'Status', kind: 'Kind'},
      title: 'Cash of {name}',
      at: '{machine} · {free} left',
      record: 'Record',
      not_recorded: 'Nothing was recorded.',
      not_confirmed: 'It was not confirmed.',
      confirm_amount: 'Confirm {amount}',
      cancel_amount: 'Cancel {amount}',
      confirmed: '{amount} of {name} are confirmed.',
      later: 'Later',
      leave: 'Leave it',
      on: 'Cash of {day}',
      written: 'recorded',
      comes_to: 'comes to {amount}',
      disputed: 'The LP disputes it: {reason}',
      no_other: 'No other LP of yours has cash in {currency}.',
      kind: {
        deposit: 'Deposit',
        opening: 'Opening balance',
        cash_returned: 'Cash returned',
        moved: 'Cash moved',
        correction: 'Correction',
        earlier: 'Turned into sats before the move'
      },
      hint: {
        deposit: 'The LP hands you cash',
        opening: 'What it had by earlier books',
        cash_returned: 'You give cash back to the LP',
        moved: 'To another machine or LP of the same currency'
      },
      field: {
        kind: 'What happens',
        amount: 'Amount',
        to: 'To',
        day: 'Day of the cash; empty: today',
        notes: 'Note, for you only'
      },
      sentence: {
        deposit: '{name} handed over {amount} at {machine}',
        opening: '{name} starts with {amount} at {machine}',
        cash_returned: '{amount} go back to {name} from {machine}',
        moved: '{amount} move from {name} at {machine} to {other} at {there}',
        moved_in: '{amount} move to {name} at {machine} from {other} at {there}',
        correction: '{amount} less of {name} at {machine}',
        correction_in: '{amount} more of {name} at {machine}',
        earlier: '{amount} of {name} at {machine} were turned into sats before the move'
      },
      recorded: {
        title: 'Recorded',
        comes:
          'It counts once it is confirmed: do that when the cash is there. The LP sees it now, and can say if it is wrong.',
        leaves:
          'From now on no sale draws it. Confirm it when the cash is out; if you cancel it, it counts again.'
      },
      confirm: {
        label: 'Confirm',
        title: 'Confirm this entry?',
        message: 'A confirmed entry cannot be cancelled, only corrected.',
        done: 'Confirmed.'
      },
      cancel: {
        label: 'Cancel',
        title: 'Cancel this entry?',
        message: 'It will not count. It stays in the list as cancelled.',
        done: 'Cancelled.'
      },
      correct: {
        label: 'Correct',
        title: 'Correct this entry?',
        intro:
          'It comes to {now}. Say what is right: the difference is recorded as an entry of its own, which you confirm.',
        amount: 'What it should come to',
        hint: '0 if it should not be there at all',
        reason: 'Why; the LP sees this',
        send: 'Record the difference',
        done: 'Recorded. Confirm it in the list.'
      }
    },
    audit: {
      title: 'Audit trail',
      explained:
        'Everything that anybody or the engine did, each event sealed with the one before. It is verified every day, and whenever you like.',
      verify: 'Verify the audit trail',
      whole:
        'Whole: all {n} events of everybody here are as they were written, {own} of them about what is yours.',
      broken: 'Broken at event {seq}',
      sound_until: 'Everything before it is sound, until',
      not_verified: 'The audit trail could not be verified.'
    },
    notices: {
      heard: 'You are told of what needs you, once for each matter.',
      unheard:
        'What needs you is on the overview; none of the ways below reaches you yet.',
      errored: {
        title: 'Sales that need you',
        what: 'A payment that could not be read or paid, a sale that was stopped or waits for your decision.'
      },
      paused: {
        title: 'Paused payouts',
        what: 'These books and LNbits disagree about a machine.'
      },
      disputed: {
        title: 'Disputed cash',
        what: 'An LP says that a cash entry is wrong; it cannot be confirmed meanwhile.'
      },
      way: {nostr: 'Nostr', telegram: 'Telegram', email: 'Mail'},
      used: 'Reaches you.',
      unset: 'Your LNbits account does not say where.',
      closed: 'This LNbits does not send messages this way. Ask the person who runs it.',
      set: 'My account',
      discreet:
        'A message names the machine and what kind of thing waits; no amount, no receiver and no key.',
      not_saved: 'Your choice was not saved.'
    },
    day: {
      suggest: 'Your browser is in {zone}',
      use: 'Use {zone}',
      now: 'It is {day} at your machines ({zone})',
      hint: 'LPs’ daily limits are counted by your day.',
      unknown:
        'You chose {zone}, which this server does not know; days are counted in UTC until it does.',
      change: 'Time zone',
      title: 'When your day begins',
      explained:
        'An LP may give at most so much cash a day. Choose where your machines are, so that a day ends at midnight there. What was paid already stays on its day.',
      zone: 'Time zone',
      not_loaded: 'Your settings could not be loaded.',
      not_saved: 'The time zone was not saved.'
    },
    approval: {
      new: 'On this LNbits the platform approves operators before they begin.',
      asked: 'You have asked the platform to approve you as an operator. You are told when it has decided.',
      approved: 'You are approved as an operator.',
      withdrawn:
        'The platform has withdrawn your approval as an operator. Ask the person who runs this LNbits.',
      goes_on:
        'Until then no machine, LP or cash can be added. What there is goes on: what is sold is paid out, and you can work off what is open.',
      ask: 'Ask to be approved',
      not_asked: 'The platform was not asked.'
    },
    operators: {
      title: 'Operators',
      search: 'Search a name',
      period: 'Sales of',
      last: 'the last {n} days',
      none: 'No operator yet. One appears here with its first machine, or when it asks.',
      not_loaded: 'The operators could not be loaded.',
      not_done: 'Nothing was changed.',
      column: {
        name: 'Operator',
        standing: 'Standing',
        machines: 'Machines (active/all)',
        sales: 'Sales',
        wire: 'Wire, sat',
        commission: 'Commission, sat',
        platform: 'Platform fee, sat',
        last_sale_at: 'Last sale',
        act: ''
      },
      add: {
        label: 'Approve somebody',
        title: 'Approve an operator?',
        message:
          'A user of this LNbits may add machines and take in LPs, whether it has asked or not.',
        field: 'Its user name, exactly'
      },
      approve: {
        label: 'Approve',
        title: 'Approve {name}?',
        message: 'It may add machines, take in LPs and record their cash.'
      },
      withdraw: {
        label: 'Withdraw',
        title: 'Withdraw the approval of {name}?',
        message:
          'It adds no machine, LP or cash any more. Its machines go on: what is sold is paid to LPs, partners and the platform.',
        field: 'Why: the operator reads it'
      }
    },
    moving: {
      title: 'Moving over',
      explained:
        'An earlier Satoshi Machine left its books in this LNbits. Looking at them writes nothing: you see what would be taken over, and its own tables are only read.',
      held: 'In {where}, {n} table | In {where}, {n} tables',
      is_active: 'It is still active here.',
      look: 'Look what is there',
      look_again: 'Look again',
      looking: 'Reading everything that is there…',
      taken_from: 'Taken over from {where}',
      not_loaded: 'What there is to take over could not be loaded.',
      not_looked: 'What there is to take over could not be looked at.',
      not_done: 'Nothing was taken over.',
      answer: {
        new: 'New in {where}: {what}',
        empty: 'Everything in {where} that can be taken over is here',
        moved: 'Taken over from {where}: {what}'
      },
      count: {
        machines: '{n} machine | {n} machines',
        lps: '{n} place of an LP | {n} places of LPs',
        preferences: '{n} LP’s choices | {n} LPs’ choices',
        deposits: '{n} deposit | {n} deposits',
        splits: '{n} set of shares | {n} sets of shares',
        sales: '{n} sale of the past | {n} sales of the past',
        legs: '{n} of their payouts | {n} of their payouts'
      },
      balances: {
        all: 'The balance comes out exactly as it was. | All {n} balances come out exactly as they were.',
        same: 'Exactly as it was: {n} of {all} balances.',
        rounded:
          '{n} is rounded to the smallest unit of its currency. | {n} are rounded to the smallest unit of their currency.',
        overdrawn: '{n} was below zero and becomes 0. | {n} were below zero and become 0.'
      },
      hands: 'Nothing needs a hand. | {n} thing needs a hand. | {n} things need a hand.',
      needs_a_hand: 'Needs a hand',
      hand: {
        cash: 'The cash of {name} at “{machine}” is not taken over',
        overdrawn:
          'Sales had drawn {amount} more than {name} had put in at “{machine}”: its balance becomes 0',
        lp: '{name} is left out at “{machine}”',
        machine: 'The machine “{machine}” is left out',
        unrecorded:
          '{n} payment came to “{machine}” since about its last sale, {sats}, and is in no book | {n} payments came to “{machine}” since about its last sale, {sats} together, and are in no book',
        unfinished: 'A sale at “{machine}” was left unfinished',
        unfinished_more:
          '{n} more sale was left unfinished | {n} more sales were left unfinished',
        split: 'The shares of {operator} are not taken over',
        split_of_machine:
          'The shares of {operator} at “{machine}” are not taken over',
        preference: 'What {name} had chosen is not taken over',
        unread: 'Nothing is made of a row of {table}: {row}'
      },
      unrecorded: '{n} · {sats}',
      merged: '{n} row made one | {n} rows made one',
      was_overdrawn: 'was below zero',
      table: {
        machines: 'Machines ({n})',
        lps: 'LPs and their cash ({n})',
        splits: 'Shares of the commission ({n})',
        preferences: 'What LPs had chosen ({n})',
        roundings: 'Every number that is rounded ({n})'
      },
      hint: {
        lps: 'Before: what the predecessor’s own rows come to, exactly. After: in the smallest unit of the currency, and never below 0.',
        preferences: 'Where their sats go is theirs to know, and not shown here.',
        roundings: 'Half up, to the nearest that these books can hold.'
      },
      column: {
        machine: 'Machine',
        outcome: 'Becomes',
        operator: 'Operator',
        currency: 'Currency',
        cash_out_fee: '↓ Fee',
        cash_in_fee: '↑ Fee',
        unrecorded: 'In no book',
        lp: 'LP',
        deposited: 'Deposited',
        drawn: 'Turned into sats',
        before: 'Before',
        after: 'After',
        received: 'Received',
        split: 'Whose',
        shares: 'Shares',
        mode: 'Pace',
        forwards: 'Passes on',
        what: 'What',
        row: 'Row',
        exact: 'Before',
        rounded: 'After'
      },
      split: {default: 'Default of {operator}', machine: '“{machine}” of {operator}'},
      mode: {flow: 'in every sale', fixed: 'up to an amount a day'},
      forwards: {yes: 'yes', no: 'no'},
      what: {
        deposit: 'deposit',
        balance: 'balance',
        daily_limit: 'limit of a day',
        share: 'share of the commission',
        cash_out_fee: '↓ cash-out fee',
        cash_in_fee: '↑ cash-in fee'
      },
      platform_fee:
        'The predecessor’s platform fee was written “{fee}”. It is not taken over: what holds is what you set under “Platform fee”.',
      still_active:
        'The extension “{name}” is still active in this LNbits, and would go on paying beside these books. Deactivate it first, then look again.',
      extensions: 'Extensions',
      only_looked: 'Nothing is written yet, and nothing is paid by taking it over.',
      nothing_new: 'There is nothing new to take over.',
      ask: {
        title: 'Take this over?',
        message:
          'Written are: {what}. All of it, or nothing.\nNothing is paid, and the predecessor’s own tables stay as they are. From then on its machines are in these books: what they sell is paid out by them.',
        yes: 'Take it over'
      },
      working: 'Taking it over…',
      done: 'Taken over.',
      done_at: 'This was taken over',
      next: 'Operators see it under these, each what is their own. What was left unfinished is in their worklists.'
    },
    platform: {
      title: 'Platform fee',
      policy: {
        label: 'Who may be an operator',
        hint: 'Those who have machines already are approved',
        open: 'everybody who has the extension',
        approved: 'whom you have approved'
      },
      fast_way: 'Pay internal legs the fast way where that is safe',
      fee: {
        super_fee_pct: '↓ on a cash-out',
        super_fee_cash_in_pct: '↑ on a cash-in'
      },
      basis: {
        label: 'Share of',
        hint: 'A share of the principal is never more than the commission',
        commission: 'the commission',
        principal: 'the principal'
      },
      of: {
        commission: 'commission',
        principal: 'principal (at most the commission)'
      },
      example: {
        super_fee_pct:
          '↓ A cash-out of {principal} with {commission} commission: {platform} for the platform, {operator} for the operator.',
        super_fee_pct_clipped:
          '↓ A cash-out of {principal} with {commission} commission: the whole commission for the platform, nothing for the operator.',
        super_fee_cash_in_pct:
          '↑ A cash-in of {principal} with {commission} commission: {platform} for the platform, {operator} for the operator.',
        super_fee_cash_in_pct_clipped:
          '↑ A cash-in of {principal} with {commission} commission: the whole commission for the platform, nothing for the operator.'
      },
      wallet: 'Arrives in',
      wallet_hint: 'One of your wallets, not a machine’s',
      other_wallet: 'no wallet yet',
      not_yours: 'Only the platform, this LNbits’ super user, can see this.',
      not_loaded: 'The platform’s fee could not be loaded.',
      not_saved: 'The platform’s fee was not saved.',
      saved: 'Saved. It holds for sales from now on.',
      save_title: 'Change the platform fee?',
      save_message:
        'From now on {cash_out} of every cash-out’s and {cash_in} of every cash-in’s {basis} goes to {wallet}. Sales that have landed keep the fee they landed with.',
      engine: 'Engine',
      sentence: {
        set: 'The platform takes {cash_out} of every cash-out’s and {cash_in} of every cash-in’s {basis}, into {wallet}',
        no_wallet:
          'The platform takes {cash_out} of every cash-out’s and {cash_in} of every cash-in’s {basis}, but has chosen no wallet: it stays in the machines’ wallets'
      },
      fact: {
        runner: 'Runner',
        payout_way: 'Payout way',
        last_scan: 'Last look for payments',
        version: 'Version',
        fee_version: 'Version of the fee',
        fee_updated: 'Fee changed'
      }
    }
  }
})
