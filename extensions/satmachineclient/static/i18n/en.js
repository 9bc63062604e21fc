// @ts-check
// All texts of the LP's page. `satmachine` is shared with the operator's page (a test holds the two
// equal), `satmachineclient` is this page's own. A bar separates singular and plural.
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

  satmachineclient: {
    broken:
      'A part of this page could not be loaded. Nothing was changed. Reload the page; if it stays, the extension is not installed completely.',
    not_loaded: 'Your positions could not be loaded.',
    stacked: 'You have stacked {sats}',
    arrive_in: 'Sats arrive in: {wallet}',
    wallet_gone: 'a wallet that is not yours any more',
    change: 'Change',
    missing: {
      title: 'Satoshi Machine is not complete here',
      safe: 'Nothing was changed. Your cash and your sats are in the operator’s books and in your wallet.'
    },
    wallet: {
      label: 'Your wallet',
      title: 'Where your sats arrive',
      hint: 'It holds for every payout from now on. What was paid stays where it is.',
      action: 'Use this wallet',
      saved: 'Saved. Your next sats arrive there.',
      not_saved: 'The wallet was not saved.'
    },
    pace: {
      title: 'How fast your cash becomes sats',
      mode: {
        flow: 'In every sale',
        fixed: 'Up to an amount a day'
      },
      hint: {
        flow: 'You take part in every sale of your machines, in proportion to your cash, until it is used up.',
        fixed:
          'You take part in every sale until this much of your cash was sold today, at all your machines of this currency together. A day ends at midnight where the operator is.'
      },
      limit: 'Most cash a day',
      currency: 'Currency',
      others:
        'At your machines that count in {currencies} you then take no part: the limit says nothing about that currency.',
      now: {
        flow: 'You take part in every sale',
        fixed: 'You take part with at most {limit} a day'
      },
      action: 'Use this pace',
      saved: 'Saved. It holds from the next sale on.',
      not_saved: 'The pace was not saved.'
    },
    forward: {
      title: 'Pass your sats on',
      explained:
        'What you receive from now on goes on to your own Lightning address or LNURL, from the wallet where it arrived. The network’s fee is taken from it. What you hold already stays.',
      switch: 'Pass my sats on',
      address: 'Lightning address or LNURL',
      address_hint:
        'Only you see it, operators do not. A new one is used after 24 hours.',
      test: 'Test',
      tested: {
        takes: 'It takes from {least} to {most} at once',
        here: 'It is on this LNbits: passing on costs no fee. Nothing was paid.',
        elsewhere:
          'It is not on this LNbits: the network takes its fee. Nothing was paid.'
      },
      least: 'At least, at once',
      least_hint: 'Less than that gathers in your wallet first',
      action: 'Save',
      saved: {
        on: 'Saved. What arrives from now on is passed on.',
        off: 'Saved. Your sats stay in your wallet.',
        waits: 'Saved. The new address is used from {at} on.'
      },
      not_saved: 'It was not saved.',
      question: {
        title: 'Pass your sats on to this address?',
        at_once:
          'Every payout goes on to {address} as soon as it has arrived. A Lightning payment cannot be taken back: is this address yours?',
        gathered:
          'Your payouts go on to {address} whenever {least} have gathered. A Lightning payment cannot be taken back: is this address yours?',
        waits: 'A new address is used after 24 hours.',
        confirmed:
          'A new address is used after 24 hours, or as soon as you confirm it with your password.',
        yes: 'Yes, pass them on'
      },
      now: {
        off: 'Your sats stay there',
        waits: 'They are passed on once your new address is used',
        on: 'Passed on to: {address}',
        least: 'As soon as {least} have gathered',
        gathering: '{sats} sat have gathered; they go when there are enough'
      }
    },
    waits: {
      title: 'A new address for your sats waits',
      from: 'It is used from this time on:',
      until: {
        old: 'Until then your sats go on to {address}.',
        stays: 'Until then your sats stay where they arrive.',
        off: 'Passing on is switched off: your sats stay where they arrive.'
      },
      use: 'Use it now',
      take_back: 'Take it back',
      not_you:
        'If that was not you: take it back and change your password.',
      used: 'The new address is used from now on.',
      taken_back: 'Taken back. The new address is not used.',
      not_taken_back: 'The address was not taken back.',
      confirm: {
        title: 'Use the new address now?',
        explained:
          'What arrives from now on goes to {address}. Confirm with the password of your LNbits account that it is you who chose it.',
        password: 'Password',
        action: 'Use it now',
        not_done: 'The address still waits.'
      }
    },
    notices: {
      title: 'What you are told of',
      which: {
        each: 'Every payout',
        daily: 'Once a day',
        problems: 'Only problems',
        none: 'Nothing'
      },
      hint: {
        each: 'A message with each payout, and when something is wrong. A problem that lasts is told once a day.',
        daily:
          'One message a day with the sum of the day before, and one when something is wrong.',
        problems:
          'A message when something is wrong. A problem that lasts is told once a day.',
        none: 'No message, but for one thing: of a new address for your sats you are always told.'
      },
      now: {
        each: 'You are told of every payout',
        daily: 'You are told once a day',
        problems: 'You are told of problems only',
        none: 'You are told of nothing'
      },
      heard: 'Sent by: {ways}',
      unheard: 'No message reaches you yet',
      way: {nostr: 'Nostr', telegram: 'Telegram', email: 'Mail'},
      used: 'Reaches you.',
      unset: 'Your LNbits account does not say where.',
      closed:
        'This LNbits does not send messages this way. Ask the person who runs it.',
      where: 'Where a message goes is set in your LNbits account.',
      account: 'My account',
      action: 'Save',
      saved: 'Saved.',
      not_saved: 'Your choice was not saved.'
    },
    zone: {
      title: 'Your time zone',
      explained:
        'Your days and months are counted by this clock, and times are shown by it. A daily limit ends at midnight where the operator is.',
      label: 'Time zone',
      own: 'Your browser is in {zone}',
      now: 'Your clock: {zone}',
      unknown:
        'You chose {zone}, which this server does not know; days are counted in UTC until it does.',
      action: 'Use this time zone',
      saved: 'Saved.',
      not_saved: 'The time zone was not saved.'
    },
    history: {
      title: 'What was changed',
      not_loaded: 'The changes could not be loaded.',
      none: 'Nothing was changed yet.',
      how: {
        chosen: 'chosen by you',
        confirmed: 'confirmed with your password',
        waited: 'after 24 hours',
        moved: 'taken over from the earlier books'
      },
      on: 'on',
      off: 'off',
      nothing: 'nothing',
      field: {
        dca_wallet_id: 'Wallet',
        default_dca_mode: 'Pace',
        fixed_mode_daily_limit: 'Most cash a day',
        autoforward_ln_address: 'Address that sats go on to',
        autoforward_next_address: 'Address that waits',
        autoforward_enabled: 'Passing on',
        autoforward_min_sats: 'Least that is passed on',
        time_zone: 'Time zone',
        notifications: 'Messages'
      }
    },
    not_invited: {
      title: 'You are not invited yet',
      name: 'An operator invites you by your username. Give it yours:',
      no_name:
        'An operator invites you by your username, and your account has none yet.',
      username: 'Your username',
      account: 'Choose a username',
      link: 'Or open the link that the operator sends you, or scan its QR code.'
    },
    welcome: {
      title: '{operator} invites you to the machine “{machine}”',
      explained:
        'You hand your cash to the operator. Customers get it from the machine, and you get the sats that they pay, sale by sale.',
      fact: {
        operator: 'Operator',
        machine: 'Machine',
        place: 'Place',
        currency: 'Currency'
      },
      until: 'Valid until',
      arrive: 'This is where your sats will arrive',
      wallet_hint: 'Only you choose it. You can change it at any time.',
      no_wallet:
        'You have no wallet of your own on this LNbits. Make one, then come back.',
      mode: 'You take part in every sale, in proportion to your cash. A daily limit can be set later.',
      accept: 'Accept',
      not_accepted: 'The invitation was not accepted.'
    },
    invited: {
      not_loaded: 'The invitation could not be loaded.',
      home: 'To your page',
      login: {
        title: 'Log in to see your invitation',
        hint: 'Log in, or make an account, in the page that opens. Then come back to this one: it goes on by itself.',
        action: 'Log in'
      },
      disabled: {
        title: 'One switch before you see your invitation',
        hint: 'Your sats and your cash are shown by the extension “Satoshi Machine LP”. It is not switched on for you yet.',
        action: 'Switch it on'
      },
      not_yours: {
        title: 'This invitation is for somebody else',
        hint: 'It was made for another user of this LNbits. Log in as that user, or ask the operator for a link of your own.'
      },
      unknown: {
        title: 'There is no such invitation',
        hint: 'The link is not complete. Open it again as you got it, or ask the operator for a new one.'
      },
      closed: {title: 'This invitation is over'},
      why: {
        accepted:
          'It was accepted already, and works only once. If that was not you, tell the operator.',
        revoked: 'The operator took it back.',
        replaced: 'The operator made a newer link: use that one.',
        expired:
          'It was valid for seven days. Ask the operator for a new link.'
      },
      accepted: {
        title: 'You take part in “{machine}”',
        hint: 'Now hand your cash to {operator}. It counts as soon as {operator} has confirmed it, and becomes sats with the next sales.'
      }
    },
    position: {
      operator: 'Operator: {operator}',
      turned: '{paid} of {confirmed} turned into sats',
      payouts: 'in {n} payouts | in {n} payout | in {n} payouts',
      days: 'today | about {n} day | about {n} days',
      fact: {
        received: 'Received',
        average: 'Average',
        value_now: 'Worth now',
        forwarded: 'Passed on',
        remaining: 'Cash left',
        days_left: 'Cash lasts'
      },
      reserved: '{amount} are being paid right now',
      pending: '{amount} wait for the operator’s confirmation',
      leaving: '{amount} are on their way out of this machine',
      today: '{drawn} of {limit} a day were sold today',
      no_part: {
        not_onboarded: 'No part in sales: choose a wallet first',
        not_active: 'No part in sales while it is not active',
        no_limit_in_currency:
          'No part in sales: your daily limit is in another currency than {currency}. Change your pace to take part.',
        limit_used: 'Your limit for today is used up; it goes on tomorrow'
      }
    },
    passed_on: {
      goes_to: 'To {address}',
      went: '{amount} went to {address}',
      fee: '{amount} network fee',
      kept: '{amount} stayed in your wallet',
      gathers: 'From {n} payouts:'
    },
    cash: {
      title: 'Your cash',
      not_loaded: 'Your cash entries could not be loaded.',
      kind: {
        deposit: 'Handed over',
        opening: 'Opening balance',
        cash_returned: 'Returned to you',
        moved: 'Moved',
        correction: 'Corrected',
        earlier: 'Turned into sats before the move'
      },
      dispute: {
        offer: 'This is wrong',
        title: 'What is wrong with it?',
        intro:
          'The operator is told and cannot confirm this entry. You can withdraw that at any time; the operator can cancel the entry and write down what is right.',
        reason: 'What is right',
        needed: 'Say what is wrong.',
        send: 'Dispute it',
        done: 'Disputed. The operator is told.',
        not_done: 'Nothing was changed about this entry.',
        said: 'You said: {reason}',
        withdraw: 'It is right after all'
      }
    },
    earlier: {
      title: 'Before the move',
      explained:
        'What you got by the earlier books, as they had it. It is in none of the sums above; your balance of then was taken over.',
      csv: 'What you got before the move as CSV',
      not_loaded: 'What you got before the move could not be loaded.',
      kind: {
        dca: 'Sale',
        settlement: 'Balance paid off',
        autoforward: 'Passed on'
      }
    },
    fill: {
      title: 'Payouts and what was passed on',
      none: 'No payout yet. The first one comes with the next sale at a machine that holds your cash.',
      not_loaded: 'Your payouts could not be loaded.',
      payment_hash: 'Payment hash',
      paid_off: '{machine}: balance paid off',
      kind: {
        dca: 'Sale',
        settlement: 'Balance paid off',
        autoforward: 'Passed on'
      },
      premium: '({percent} vs that day)',
      day_rate: 'The machine’s mean rate on that day: {rate}',
      only_sale: 'It was the only sale of that day',
      column: {
        time: 'Time',
        state: 'State',
        sats: 'Sat',
        fiat: 'Your cash',
        rate: 'Rate',
        payment: 'Payment'
      }
    },
    figures: {
      now: '≈ {it} now',
      average: 'average {it}',
      pace: 'at this pace done today | at this pace done in ~{n} day | at this pace done in ~{n} days',
      no_cash:
        'No cash in {currency} is confirmed yet. It becomes sats once the operator has confirmed it.',
      fact: {
        remaining: 'Cash left',
        pending: 'Waiting for confirmation',
        forwarded: 'Passed on',
        reserved: 'Being paid right now',
        leaving: 'On its way out'
      }
    },
    waiting: {
      title: 'Not there yet | Not there yet: {n} payment | Not there yet: {n} payments',
      more: 'And {n} more, in the list of payouts',
      for: {
        only_incoming:
          'This LNbits pays nothing for now; it goes on by itself when it does again.',
        payer_gone:
          'The machine’s wallet is gone; it goes on by itself when the operator has given it another one.',
        payer_not_yours:
          'The machine’s wallet is not the operator’s; it goes on by itself when the operator has put that right.',
        payer_shared:
          'The machine’s wallet cannot pay; it goes on by itself when the operator has given it another one.',
        extension_disabled:
          'The operator’s extension is switched off; it goes on by itself when it is switched on.',
        too_soon: 'LNbits wants a pause between two payments; it goes on by itself in a moment.',
        spending_forbidden:
          'This LNbits lets nobody pay for now; it goes on by itself when it does again.',
        daily_maximum:
          'The machine’s wallet has paid as much as this LNbits allows in a day; it goes on by itself.',
        wallet_short:
          'The machine’s wallet is short; it goes on by itself when the operator has topped it up.',
        payouts_paused:
          'Payouts of this machine are paused until the operator has looked at its books; then it goes on by itself.'
      },
      state: {
        pending: 'It has its place in the queue and goes on by itself.',
        paying: 'It is being paid right now.',
        failed: 'It was not paid. It is tried again by itself.',
        unresolved:
          'LNbits has not said yet whether it was paid. It is looked up until that is known, and never paid twice.',
        skipped: 'It is not paid for now.'
      },
      act: {
        wallet_gone:
          'Yours to do: the wallet that you chose cannot receive sats any more. Choose another one below; then they come by themselves.',
        wallet_full:
          'Yours to do: your wallet is full. Make room in it, or choose another one below; then they come by themselves.',
        address:
          'Yours to do: see whether your address still takes sats, or choose another one below. Your sats are in your wallet meanwhile.'
      }
    },
    charts: {
      title: 'Over time',
      not_loaded: 'The charts could not be loaded.',
      empty:
        'No payout yet. With the first one you see here how your sats grow, how your cash shrinks, and what each payout cost.',
      period: {
        week: '7 days',
        month: '30 days',
        quarter: '90 days',
        year: 'Year',
        all: 'All'
      },
      sats: 'Your sats',
      cash: 'Cash left in {currency}',
      rates: 'Sats for one {currency}, payout by payout',
      average: 'Dashed: the average of all your payouts, {rate}. Higher is better for you.',
      each: 'Each payout',
      all_of_them: 'Average of all payouts',
      none: 'No payout in this time.',
      note: '{sats} for {cash} | {sats} for {cash} | {sats} for {cash} in {n} payouts'
    },
    filter: {
      open: 'Filter',
      clear: 'Show everything',
      none: 'Nothing matches these filters.',
      since: 'From',
      until: 'To',
      reversed: 'Before the first day',
      search: 'Payment hash',
      whole: 'A whole payment hash has 64 letters and digits',
      enrolment_id: 'Machine',
      leg_type: 'Kind',
      kind: 'Kind',
      state: 'State',
      status: 'State'
    },
    files: {
      csv: 'CSV',
      csv_of_cash: 'Your cash as CSV',
      koinly: 'Koinly',
      statement: 'Statement',
      holds:
        'The files hold everything of the machine and the days that are chosen under “Filter”.'
    },
    statement: {
      month: 'Month',
      so_far: '{month}, so far',
      none: 'There is no statement yet. The first one comes with your first cash or your first payout.',
      none_loaded: 'The months could not be loaded.',
      not_loaded: 'The statement could not be loaded.',
      title: 'Statement of {month}',
      not_over: 'So far: the month is not over yet.',
      print: 'Print',
      copy: 'Copy text',
      the_text: 'Text of the statement',
      head: {lp: 'LP:', days: 'Days:', zone: 'Time zone:'},
      table: {
        machines: 'Machines',
        cash: 'Cash entries',
        fills: 'Payouts',
        forwards: 'Passed on'
      },
      none_of: {
        machines: 'No machine.',
        cash: 'No cash entry in this month.',
        fills: 'No payout in this month.',
        forwards: 'Nothing was passed on in this month.'
      },
      column: {
        time: 'Time',
        machine: 'Machine',
        kind: 'Kind',
        opening: 'Opening',
        entered: '+ cash entries',
        turned: '− turned into sats',
        closing: '= closing',
        received: 'Received',
        forwarded: 'Passed on',
        fee: 'Network fee',
        cash_date: 'Cash of',
        amount: 'Amount',
        cash: 'Your cash',
        sats: 'Sats',
        sent: 'Sent',
        rate: 'Rate',
        kept: 'Kept',
        payment: 'Payment'
      },
      rows: '{n} lines | {n} line | {n} lines',
      sha256: 'SHA-256 of the text: {hash}',
      proof:
        'Copy the text and keep it: “Check” tells later whether the books still say the same.',
      check: 'Check',
      check_hint:
        'Paste the text of a statement: this says whether the books still say the same, and what is not.',
      check_action: 'Check the text',
      paste: 'Text of a statement',
      needed: 'Paste the text of a statement.',
      not_checked: 'The text was not checked.',
      verdict: {
        unchanged: 'Unchanged: the books say exactly this about {month}.',
        changed:
          'The books say something else about {month}. | The books say something else about {month}, in one line: | The books say something else about {month}, in {n} lines:',
        not_yours:
          'This is the statement of another LP. Only that LP can check it here.'
      },
      change: {
        changed: 'Changed (text → books):',
        added: 'In the books, not in the text:',
        missing: 'In the text, not in the books:'
      },
      line: {
        statement: 'Statement',
        machine: 'Machine',
        cash: 'Cash entry',
        fill: 'Payout',
        forward: 'Passed on',
        end: 'Last line'
      },
      field: {
        version: 'Version',
        lp: 'LP',
        month: 'Month',
        time_zone: 'Time zone',
        since: 'First day',
        until: 'Last day',
        name: 'Name',
        currency: 'Currency',
        opening: 'Opening',
        entered: 'Cash entries',
        turned: 'Turned into sats',
        closing: 'Closing',
        received_sats: 'Received',
        forwarded_msat: 'Passed on',
        forward_fee_msat: 'Network fee',
        at: 'Time',
        kind: 'Kind',
        amount: 'Amount',
        cash_date: 'Cash of',
        sats: 'Sats',
        fiat_amount: 'Your cash',
        rate: 'Rate',
        payment_hash: 'Payment hash',
        sent_msat: 'Sent',
        fee_msat: 'Network fee',
        kept_msat: 'Kept',
        rows: 'Lines'
      }
    }
  }
})
