"""The words that several rules look for, as patterns that cannot backtrack: plain alternatives and bounded gaps."""

import re
from collections.abc import Iterable
from typing import Final

from drafts.rules.rule import Find, Hit, Text


def pattern(*alternatives: str) -> re.Pattern[str]:
    """Any of these, as whole words, in small or capital letters; a space stands for any white space."""
    joined = "|".join(alternative.replace(" ", r"\s+") for alternative in alternatives)
    return re.compile(rf"(?<![^\W_])(?:{joined})(?![^\W_])", re.IGNORECASE)


def found(sought: re.Pattern[str]) -> Find:
    """A search for a pattern in title and body."""

    def find(text: Text) -> Iterable[Hit]:
        return (Hit(*match.span(), part) for part, read in text.parts for match in sought.finditer(read.text))

    return find


# What a customer can recognise as theirs. "Down", "outage" and "issue" alone tell nobody what they will meet.
SYMPTOM: Final = pattern(
    r"can(?:not|'t|’t| not| only)",
    r"could(?:n't|n’t| not)",
    r"unable to",
    r"(?:not|n't|n’t) (?:be |being )?able to",
    r"not (?:be |being )?(?:loading|working|responding|arriving|delivered|delivering|available|reachable|accessible|possible"
    r"|showing|opening|sending|saving|load|work|open|send|receive|arrive|show|answer|connect|deliver|save)",
    r"(?:fails?|failed|failing|failures?)",
    r"errors?",
    r"(?:HTTP[ /]?)?[45](?:\d\d|xx)",
    r"time(?:s|d)?[ -]?outs?",
    r"tim(?:e|ed|ing) out",
    r"slow(?:er|ly|ness|down)?",
    r"(?:high|higher|increased|elevated|added|extra) (?:\w+ )?(?:latency|latencies|response times?|loading times?|delays?)",
    r"latenc(?:y|ies)",
    r"delay(?:s|ed|ing)?",
    r"(?:may|might|will|can) (?:be|arrive|come) late",
    r"arriv(?:e|es|ing) late",
    r"queued|queueing|queuing|stuck|stale|missing|lost|hang(?:s|ed|ing)?|blocked|rejected|refused|dropped|expired|wrong"
    r"|outdated|duplicated?|blank|empty|frozen|crash(?:es|ed|ing)?|disconnect(?:s|ed|ing|ions?)?|unresponsive|unreachable"
    r"|unavailable|inaccessible|interrupt(?:ed|ions?)?|turned away",
    r"prevent(?:s|ed|ing)",
    r"no (?:\w+ )?(?:authentication|authentification|access|connection|log[ -]?ins?|sign[ -]?ins?|mail|sound|data)",
    r"(?:problems?|troubles?|difficult(?:y|ies)) (?:\w+ ){0,3}(?:\w+ing)",
    r"(?:warning|warns|warn) (?:\w+ ){0,4}certificate",
    r"certificate warnings?",
    r"(?:does|do|did)(?: not|n['’]t) (?:load|work|open|respond|answer|arrive|show|connect|start|save|send|deliver|accept|play"
    r"|update|appear|sync|complete|finish|register|receive|get|see|reach|refresh|render)",
    r"not (?:know|tell) (?:yet )?(?:what you will notice|whether you are)",
    r"(?:nobody|no one) can",
    r"without (?:\w+ )?(?:service|access|mail|connection|internet|electricity|power)",
)

# An act of ours that somebody could check.
ACT: Final = pattern(
    r"(?:re)?start(?:ed|ing) (?:the |it|our |all )|restart(?:ed|s|ing)?|reboot(?:ed|ing)?|revert(?:ed|ing)?"
    r"|roll(?:ed|ing) (?:it )?back|rollback|disabl(?:ed|ing)|switched|replac(?:ed|ing)|removed|added|adding|renewed|patched"
    r"|upgrad(?:ed|ing)|increased (?:the|our)|doubled|tripled|scaled|moved|migrat(?:ed|ing)|rerouted|redirected|purged|cleared"
    r"|blocked|throttled|fail(?:ed)? over|deployed|shipped|rebuilt|restored|repaired|corrected|enabled|reset|refresh(?:ed)?"
    r"|escalated|called|contacted|asked|created|changed|captured|reconfigured|resized|provisioned|recycled?|duplicating"
    r"|tested|checked|took this up|isolated",
)

# What was at the bottom of it.
CAUSE: Final = pattern(
    r"due to",
    r"(?:be)?cause(?:d)?(?: by| of)?",
    r"result(?:ed|ing) (?:from|in)",
    r"after (?:a|an|the) (?:\w+ ){0,3}(?:deploy|deployment|change|update|upgrade|release|migration|maintenance)",
    r"traced to|responsible for|led to|triggered by|overload(?:ed)?|saturated|conflicted|misconfigur\w+|bug|regression"
    r"|(?:was|is|were) (?:identified|found|determined) (?:to be|as)|faulty|exhausted|corruption|expired|stemmed from|originat\w+ (?:in|from)",
)

# How far it reaches, or does not.
SCOPE: Final = pattern(
    r"(?:not|n't|n’t) (?:be )?(?:affect(?:ed|ing)?|impact(?:ed|ing)?)",
    r"does(?: not|n't|n’t) affect|did(?: not|n't|n’t) affect|unaffected|unimpacted",
    r"still (?:works?|working|possible|available|reachable)",
    r"as usual|continues? to work|remains? available|pass(?:es)? our checks|works? normally|up and running",
    r"only|all|every|\d+ ?%|\d+ of (?:our |the )?\d+|about \d+|around \d+|less than \d+",
    r"(?:following|these) (?:\w+ ){0,2}(?:are|were|services|had|components|regions)",
    r"(?:we|you) (?:have|'ve|’ve)? ?(?:not|n't) expired|not expired",
    r"in (?:the )?(?:US|EU|Europe|Asia|America|Africa|Australia|Germany|France)\b",
)

# Where it goes on, or what a reader can do.
POINTER: Final = pattern(
    r"please (?:use|try|refresh|retry|reload|restart|contact|do|mark|clear|log|sign|send|check your|follow this)",
    r"work[ -]?arounds?|meanwhile|instead|in the meantime,? (?:you|please|use)|you can(?! ?not)|alternatively",
    r"if you (?:still )?|expect (?:a|an|multiple|further|some)|write again|next update|news (?:by|at)",
    r"track(?:ing|ed)? (?:progress|the|this)",
)

# Words that say what is not known.
UNKNOWN: Final = pattern(
    r"(?:do|did|does)(?: not|n't|n’t) (?:yet )?know",
    r"(?:not|n't|n’t) (?:yet )?(?:known|clear|certain|sure)",
    r"still (?:do not|don't|unknown|unclear)|unknown|unclear|can(?:not|'t| not) (?:yet )?(?:tell|say)",
    r"(?:cause|why|reason|extent|how many)(?: of (?:this|it|the \w+))? (?:is|are) (?:still )?(?:being )?(?:not|un|under)",
    r"(?:not|n't|n’t) (?:yet )?(?:\w+ )?(?:confirm(?:ed)?|receive(?:d)?|hear(?:d)?|update(?:d)?)",
    r"suspect(?:s|ed|ing)?|investigating (?:the (?:root )?cause|why|what|how)|looking into (?:why|what|how)",
)
