"""How well the honesty rules tell poor notices from good ones: ``python benchmarks/honesty.py FILE [--wrong]``.

FILE holds one labelled notice a line (JSON: id, kind, title, text, posted_at, judgement, decidable_from, borderline).
"""

import json
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

from drafts.honesty import Level, Stage, check


def rules_of(row: dict[str, str]) -> set[str]:
    """The ids of the rules that block or warn."""
    posted_at = datetime.fromisoformat(row["posted_at"]) if row["posted_at"] else None
    findings = check(row["title"], row["text"], Stage(row["kind"]), posted_at, None)
    return {finding.rule for finding in findings if finding.level is not Level.INFORM}


def main() -> None:
    """Print recall on poor texts and false alarms on good ones, by kind and by rule; if asked, what went wrong."""
    rows = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["decidable_from"] == "text" and not row["borderline"]]
    told = {row["id"]: rules_of(row) for row in rows}
    for kind in ("first", "update", "resolved", ""):
        for judgement, word in (("poor", "recall"), ("good", "false alarms")):
            chosen = [row for row in rows if row["judgement"] == judgement and kind in {"", row["kind"]}]
            hits = sum(bool(told[row["id"]]) for row in chosen)
            print(f"{kind or 'all':9} {word:13} {hits:3} of {len(chosen):3} {hits / max(len(chosen), 1):7.1%}")
    for judgement in ("poor", "good"):
        counts = Counter(rule for row in rows if row["judgement"] == judgement for rule in told[row["id"]])
        print(f"{judgement:5}", *(f"{rule}:{count}" for rule, count in sorted(counts.items())))
    if "--wrong" in sys.argv:
        for row in rows:
            if bool(told[row["id"]]) == (row["judgement"] == "good"):
                print("", f"{row['id']} {row['kind']} {row['judgement']} {sorted(told[row['id']])}", sep="\n")
                print(row["title"], row["text"], sep="\n")


if __name__ == "__main__":
    main()
