"""Every mistake an author can make, two lines each: code, severity, name and what is wrong; how it is mended.

Words in braces come from the place where the mistake was found. A new mistake is a new entry here, the rule that finds
it, and a spoilt example under tests/broken/ named CODE_name; nothing else.
"""

TABLE = """
# W1: a file as such
W101 stop unreadable: This file cannot be read: {reason}.
  Compare the line with its neighbours: indents, quotation marks, a colon inside a text.
W102 stop file_too_large: This file is longer than {limit} characters.
  Split it; a session is one sitting.
W103 stop too_deep: This is nested deeper than {limit} levels.
  Flatten it; a node needs five levels at most.
W104 stop repeated_key: The key '{key}' stands here a second time.
  Give one of the two another name.
W105 stop alias: An anchor (&) or alias (*) is not used in content.
  Write the words out, or put quotation marks around a text that begins with & or *.
W106 stop tag: The tag '{tag}' is not used in content.
  Remove it, or put quotation marks around a text that begins with an exclamation mark.
W107 stop unknown_key: '{key}' is not known in {where}.
  Known and near: {nearest}.
W108 stop missing_key: '{key}' is missing in {where}.
  Add it.
W109 stop wrong_shape: '{key}' has another shape than is needed here.
  Write {wanted}.
W110 stop bad_name: '{name}' cannot be a name.
  Use small letters, digits and _, beginning with a letter; 'onward' is taken.
W111 stop name_clash: The name '{name}' is taken already by {where}.
  Choose another name.

# W15: rules that notice danger
W150 stop missed_example: Rule '{rule}' does not catch: {said}.
  Mend the phrases; the sentence is what they are for.
W151 stop caught_example: Rule '{rule}' catches what it must leave alone: {said}.
  Make the phrases narrower, or write what it must leave alone under `except`.
W152 stop few_examples: Rule '{rule}' has {count} sentences under {key}; {limit} are the fewest.
  Write more, as people would say them.
W153 stop unknown_in_rule: '{word}' is no {key} that {where} can have.
  Known: {known}.
W154 stop phrase_start: The phrase '{phrase}' begins with a word that may be missing.
  Begin it with a word that must stand there.
W155 stop repeated_phrase: The phrase '{phrase}' of rule '{rule}' stands in rule '{other}' too.
  Keep it in one of them.
W156 warn shadowed_rule: Rule '{rule}' is nowhere the only one: {others} catch all of its sentences.
  Add a sentence that it alone catches, or remove the rule.
W157 stop raw_sign: '{sign}' in '{phrase}' has no meaning in a phrase.
  Use words, `one|other`, a list in braces, `?` and `*` at the end of a word, and `...` between words.
W158 stop short_stem: '{word}' is too short to stand for other words; {limit} letters are the fewest.
  Write more letters, or write the words out.
W159 stop unknown_emoji: '{emoji}' is not read as a word.
  Known: {known}

# W2: inside a node
W201 stop two_kinds: Node '{node}' wants to be two things at once.
  A node asks, calls, decides or ends: split it in two.
W202 stop ask_without_input: Node '{node}' asks but takes no answer.
  Say what it waits for: {known}.
W203 stop two_inputs: Node '{node}' takes two kinds of answer: {inputs}.
  Keep one; ask the other in a node of its own.
W204 stop bad_range: '{range}' is not a range.
  Write two whole numbers, the lower one first, like 0-10.
W205 stop no_way_on: Node '{node}' is the last one and leads nowhere.
  Add `next`, or `end`.
W206 stop skip_reason: An ask that cannot be skipped needs a reason.
  Write `skip: no, because ...`.
W207 stop each_shape: The `each` of node '{node}' is not complete.
  Write `each: LIST as NAME` and `do: PART`.
W208 stop bad_guard: The expression '{source}' cannot be used: {reason}.
  Use names, words, comparisons, and/or/not, `is set`, + and -.
W209 stop bad_text: This text cannot be read: {reason}.
  Look for a brace that is not closed; values are written {{{{ name }}}}.
W210 stop forbidden_text: This text does more than a text may: {reason}.
  Use values, `if`, and the known filters; compute in `set`.
W211 stop unknown_target: '{name}' cannot be set here.
  Set an own slot or one of: {known}.
W212 stop addition_field: `add: {kind}` lacks '{field}'.
  Add it.
W213 stop empty_label: Choice '{choice}' has no label.
  Write what the button says.
W214 stop unknown_silence: Silence would choose '{choice}', which this ask does not offer.
  Name one of its choices: {known}.
W215 stop unknown_milestone: '{milestone}' is not a milestone.
  Use `do` (session started) or `plan` (session done), in the skeleton only.

# W3: slots and values
W301 stop slot_type: Slot '{name}' has the unknown type '{type}'.
  Known: {known}.
W302 stop slot_share: Slot '{name}' does not say who may see it.
  Add one of: {known}.
W303 stop slot_keep: Slot '{name}' does not say how long it is kept.
  Add one of: {known}.
W304 stop slot_direction: Rating '{name}' does not say which direction is better.
  Add `higher is better`, `lower is better` or `neither is better`.
W305 stop take_type: '{name}' takes the unknown type '{type}'.
  Known: {known}.
W306 stop unknown_gives: This part gives '{name}', which is none of its slots.
  Declare the slot, or correct the name.
W307 warn unused_slot: Slot '{name}' is never used.
  Remove it, or use it.
W308 stop unknown_name: '{name}' is neither a slot here nor a value that is always there.
  Nearest: {nearest}.
W309 stop unknown_field: '{name}' has no field '{field}'.
  Known: {known}.
W310 stop unset_slot: '{name}' is used in node '{node}' but can still be empty there, for instance after: {path}.
  Test it first (`{name} is set`), or give its ask a value for skipping.
W311 stop wrong_type: Node '{node}' writes a {given} into '{name}', which is a {type}.
  Change the slot's type, or the input.
W312 stop unknown_word: '{word}' is not an answer that '{name}' can have.
  Known: {known}.
W313 stop skip_value: Skipping would keep '{value}', which is not an answer to this ask.
  Name a value that the ask accepts.
W314 stop pick_source: Slot '{name}' picks from '{source}', but node '{node}' offers elements of '{given}'.
  Name the same list in both places.
W315 stop not_a_list: '{name}' is not a list that can be offered or walked through.
  Lists here: {known}.
W316 stop unkept_answer: The answer of node '{node}' is kept under no name.
  Add `into`, or let each choice lead somewhere of its own.
W317 warn empty_value: '{name}' is said in node '{node}' but can be empty.
  Test it first: `if: {name} is set`.
W318 stop overwritten_answer: Node '{node}' sets '{name}', which its own answer was just kept under.
  `set` happens after the answer: keep one of the two, or set it in a node of its own.

# W4: the ways through a flow
W401 stop unknown_node: Node '{node}' leads to '{to}', which is not here.
  Nearest: {nearest}.
W402 stop unreachable: No way leads to node '{node}'.
  Lead to it, or remove it.
W403 stop no_end: From node '{node}' no way leads to an end.
  Add a way out.
W404 stop silent_cycle: This way turns in a circle without asking anything: {path}.
  Ask something on the way, or lead out.
W405 stop last_edge_guarded: The last way out of node '{node}' has an `if`.
  Add a last `- to: ...` without `if`.
W406 stop edge_behind: This way out of node '{node}' stands behind one without `if` and is never taken.
  Move it up, or remove it.
W407 stop no_choice_stays: Every choice of node '{node}' has an `if`, so that none may be left.
  Let one choice stand without `if`.
W408 stop choice_leads_nowhere: Choice '{choice}' of node '{node}' leads nowhere.
  Give it `to`, or give the node `next`.
W409 stop too_many_choices: Node '{node}' offers {count} buttons; {limit} are possible.
  Put the rarest behind `Something else`.
W410 stop same_label: '{label}' means two choices of node '{node}'.
  Give each choice words of its own.
W411 stop no_nodes: This flow has no node to begin with.
  Write `nodes:` with at least one node that ends.
W412 stop onward_outside: Node '{node}' goes `onward`, which only a hole of the skeleton can.
  Name a node.

# W5: parts, calls and what passes between them
W501 stop unknown_flow: '{name}' is not a flow.
  Nearest: {nearest}.
W502 stop not_a_part: '{name}' is a {kind}, and only parts are called.
  Move it to parts/, or begin it with `end` and `begin`.
W503 stop recursion: These parts call each other in a circle: {path}.
  Let one of them end instead.
W504 stop calls_too_deep: Parts are called {depth} deep here: {path}.
  At most {limit} are possible: flatten one.
W505 stop missing_take: Part '{part}' takes '{name}', which node '{node}' does not give.
  Add it under `with`.
W506 stop unknown_take: Part '{part}' does not take '{name}'.
  It takes: {known}.
W507 stop take_mismatch: Part '{part}' takes '{name}' as {type}.
  {wanted}
W508 stop unknown_give: Part '{part}' does not give '{name}'.
  It gives: {known}.
W509 stop end_without_edge: Part '{part}' can end as '{end}', and node '{node}' has no way on for that.
  Name it under `ends`, or add `next`.
W510 stop unknown_end: Part '{part}' has no end '{end}'.
  Its ends: {known}.
W511 stop each_field: Part '{part}' gives '{name}' for each element, and list '{list}' has no field for it.
  Declare it: `list with {name}`.
W512 warn uncalled_part: Nobody calls this part.
  Call it, or remove it.

# W6: sessions
W601 stop unknown_piece: The skeleton has no piece '{piece}'.
  Known: {known}.
W602 stop without_reason: Leaving out '{piece}' needs a reason.
  Write it beside the name.
W603 hold session_part: This session has no {part}.
  Write it, or leave it out under `without` with a reason.
W604 hold missing_words: The skeleton needs the words '{name}'.
  Add them under `words`.
W605 stop unknown_words: The skeleton does not take the words '{name}'.
  It takes: {known}.
W606 stop unknown_flag: '{flag}' is not one of the programme's flags.
  Nearest: {nearest}.
W607 stop code_clash: The code '{code}' is taken by {other}.
  Choose another code.
W608 hold too_many_messages: The longest way through has {count} messages; {limit} are the most.
  Shorten it.
W609 hold too_many_texts: The longest way through asks for {count} texts outside the plan; {limit} are the most.
  Offer choices, or ready answers.
W610 hold too_many_minutes: The longest way through takes about {count} minutes; {limit} are the most.
  Shorten it.
W611 hold short_too_long: The short form has {count} messages on its longest way; {limit} are the most.
  Shorten it.
W612 stop must_answer: Node '{node}' asks for {what} and could be skipped.
  Write `skip: no, because ...`.
W613 hold ready_answers: Node '{node}' is the {count}. open question on its way and offers no ready answers.
  Add `ready:` with two or three, or choices.

# W7: words
W701 hold message_too_long: A message of node '{node}' has {count} characters; {limit} are the most.
  Split it in two, or shorten it.
W702 warn message_long: A message of node '{node}' has {count} characters; {limit} read well.
  Shorten it.
W703 hold too_many_bubbles: Up to {count} messages come in a row before the person can act at node '{node}'.
  {limit} are the most: ask something in between, or join two.
W704 hold two_questions: A message of node '{node}' asks two questions.
  One question a message: split it.
W705 hold hard_to_read: The words of this file read at grade {grade}; {limit} is the highest.
  Shorter sentences, shorter words. Hardest: {hardest}.
W706 warn rather_hard: The words of this file read at grade {grade}; {limit} is the aim.
  Shorter sentences, shorter words. Hardest: {hardest}.
W707 warn long_sentence: A sentence of node '{node}' has {count} words; {limit} are the most.
  Make two of it.
W708 warn long_safety_sentence: A sentence of node '{node}' has {count} words; in safety texts {limit} are the most.
  Make two of it.
W709 hold banned_claim: Node '{node}' says '{words}', which a programme cannot honestly say.
  {instead}
W710 stop label_too_long: The label '{label}' has {count} characters; {limit} are the most.
  Shorten it.
W711 hold few_variants: The greeting of node '{node}' has {count} wordings; {limit} are needed.
  Add `one of:` with more.
W712 stop bad_markup: A message of node '{node}' is not valid markup.
  Only <b> and <i> can be used; close what is opened, in the same message.

# W8: translations

W801 hold stale: The words of '{node}' in the base language changed after this was translated.
  Translate again, and take over the new hash: {hash}.
W802 hold untranslated: '{node}' is not translated.
  Add its words.
W803 hold lost_value: The translation of '{node}' lost the value '{name}'.
  Use it as the original does.
W804 hold invented_value: The translation of '{node}' uses the value '{name}', which the original does not.
  Remove it.
W805 hold missing_label: The translation of node '{node}' lacks the label of choice '{choice}'.
  Add it.
W806 hold unknown_place: The translation names '{name}', which the original does not have.
  Nearest: {nearest}.
W807 hold no_hash: The translation of '{node}' does not say which words it translates.
  Add `of: {hash}`.

# W9: programme, phrases, safety
W901 stop unknown_session: The programme names '{name}', which is not a session.
  Nearest: {nearest}.
W902 stop missing_route: The programme does not say which flow is '{key}'.
  Add it under `flows`.
W903 stop missing_phrase: The phrase '{key}' is missing.
  Add it under `words`.
W904 warn unlisted_session: This session is in no module of the programme.
  List it, or withdraw it with a reason.
W905 stop missing_safety_flow: The safety flow '{name}' is missing.
  Nobody is met without it: write it.
W906 stop missing_command: The command '{command}' has no words.
  Add them under `commands`.
W907 stop phrase_value: The phrase '{key}' uses '{name}', which it is not given.
  It is given: {known}.
W908 stop command_clash: '{word}' is a word for two commands: {commands}.
  Keep it for one.
W909 hold old_helpline: Nobody has checked '{line}' for {days} days; {limit} are the most for a release.
  Call or look it up, then write last_verified and verified_by.
W910 hold unread_model: The weights of the n-gram model cannot be used: {reason}.
  Make them anew from the corpus (tests/safety/train.py), or take both files from one release.
W911 warn launch_gap: For {country} there is no {what}.
  Find one with a named source, or say to people of that country that Willow is not for them yet.

# W95: clinic.yaml, which a clinic writes
W951 stop clinic_key: '{key}' is not known in {where}.
  Known and near: {nearest}.
W952 stop clinic_missing: '{key}' is missing in {where}.
  Write {wanted}.
W953 stop clinic_value: '{key}' has a value that cannot be used.
  Write {wanted}.
W954 stop clinic_twice: '{name}' stands twice under on_call.
  Give each on-call chat a name of its own.
W955 stop clinic_nobody: Nobody under on_call comes first.
  Give at least one of them `order: first`.

# W96: HOME/overlay, which a clinic lays over content
W961 warn overlay_stray: This file is not read from an overlay.
  An overlay holds: {known}.
W962 stop overlay_again: '{name}' is there already, and cannot be written anew.
  Give yours another name. To make a rule graver, name it under `raise`.
W963 stop overlay_lowers: '{rule}' would not become graver: it is {tier}, and {wanted} is wanted.
  Write `{rule}: urgent` for a rule that is watch, or remove the line.
W964 stop overlay_empties: Nothing would be left of {what}.
  Write what people shall find there. An overlay replaces and adds, and never takes away.
W965 hold overlay_stale: The words of '{node}' were not written for the words that stand there now.
  Compare the two, then write `of: {hash}`.
W966 stop overlay_place: '{name}' is not there to be changed.
  Nearest: {nearest}.
W967 hold overlay_value: The words of '{node}' differ from those that they replace in the value '{name}'.
  Use each value of the original, and no others.
"""
