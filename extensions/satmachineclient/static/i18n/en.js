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
        no_answer:
          'Check your connection. The page tries again by itself while it is open.',
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
        paused: 'payouts paused'
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
      payout_way: {fast: 'fast', slow: 'slow'}
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
      saved: 'Saved. Your next sats arrive there.',
      not_saved: 'The wallet was not saved.',
      first: {
        title: 'This is where your sats will arrive',
        hint: 'Your cash in a machine turns into sats, sale by sale. Nobody but you can choose the wallet, and you can change it at any time.',
        action: 'Let my sats arrive here'
      },
      change: {
        title: 'Where your sats arrive',
        hint: 'It holds for every payout from now on. What was paid stays where it is.',
        action: 'Use this wallet'
      }
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
      address_hint: 'Only you see it. Operators do not.',
      least: 'At least, at once',
      least_hint: 'Less than that gathers in your wallet first',
      action: 'Save',
      saved: {
        on: 'Saved. What arrives from now on is passed on.',
        off: 'Saved. Your sats stay in your wallet.'
      },
      not_saved: 'It was not saved.',
      question: {
        title: 'Pass your sats on to this address?',
        at_once:
          'Every payout goes on to {address} as soon as it has arrived. A Lightning payment cannot be taken back: is this address yours?',
        gathered:
          'Your payouts go on to {address} whenever {least} have gathered. A Lightning payment cannot be taken back: is this address yours?',
        yes: 'Yes, pass them on'
      },
      now: {
        off: 'Your sats stay there',
        on: 'Passed on to: {address}',
        least: 'As soon as {least} have gathered',
        gathering: '{sats} sat have gathered; they go when there are enough'
      }
    },
    invited: {
      not_loaded: 'The invitation could not be loaded.',
      until: 'Valid until',
      home: 'To your page',
      fact: {
        operator: 'Operator',
        machine: 'Machine',
        place: 'Place',
        currency: 'Currency'
      },
      offer: {
        title: '{operator} invites you to the machine “{machine}”',
        hint: 'You hand your cash to the operator. Customers get it from the machine, and you get the sats that they pay, sale by sale. Only you decide where your sats arrive.'
      },
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
        hint: 'Hand your cash to the operator. It becomes sats once the operator has confirmed it.'
      }
    },
    invitation: {
      title: '{operator} invites you to the machine “{machine}”',
      hint: 'Cash that you hand to {operator} is counted in {currency} and turns into sats as this machine sells.',
      accept: 'Accept',
      accepted:
        'Accepted. Your cash counts once the operator has confirmed it.',
      first: 'Choose first where your sats arrive.',
      not_accepted: 'The invitation was not accepted.'
    },
    position: {
      turned: '{paid} of {confirmed} turned into sats',
      received: '{sats} in {n} payout | {sats} in {n} payouts',
      left: '{amount} of your cash are left',
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
      },
      none: {
        title: 'No machine holds cash for you yet',
        hint: 'Ask an operator to invite you. Your name here is “{name}”.',
        no_username:
          'Operators invite you by your name. Choose a user name for your account first.',
        account: 'Choose a user name'
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
        correction: 'Corrected'
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
    fill: {
      title: 'Payouts and what was passed on',
      none: 'No payout yet. The first one comes with the next sale at a machine that holds your cash.',
      not_loaded: 'Your payouts could not be loaded.',
      payment_hash: 'Payment hash',
      paid_off: '{machine}: balance paid off',
      column: {
        time: 'Time',
        state: 'State',
        machine: 'Machine',
        sats: 'Sat',
        fiat: 'Your cash',
        rate: 'Rate',
        payment: 'Payment'
      }
    }
  }
})
