"""How `feedmill rules explain` tells a page's story to people."""

from collections.abc import Iterator

from ingest.extract.explain import Candidate, Explanation, FieldStory, RemovalStory, Step


def tell(story: Explanation) -> str:
    """Lines: what it is and why, the candidates with their numbers, the steps, the fields, the removed blocks."""
    parts = [
        *_tell_page(story),
        f"\ntext: {story.won}\n  {story.why}",
        *map(_tell_candidate, story.candidates),
        *map(_tell_step, story.steps),
        "\nfields",
        *map(_tell_field, story.fields),
        f"\nremoved: {len(story.removed)} block(s)",
        *map(_tell_removal, story.removed),
    ]
    return "\n".join(parts)


def _tell_page(story: Explanation) -> Iterator[str]:
    yield story.url
    other = "" if story.page_status == story.status else f" (the page itself: {story.page_status})"
    yield f"status: {story.status}{other}\n  {story.evidence}"
    yield f"rule for the site: {story.site_rule or 'none'}"
    yield from (f"  {note}" for note in story.site_notes)
    if story.site_profile:
        yield f"site profile: {story.site_profile}"
    if story.single_url:
        yield f"all on one page: {story.single_url}"
    if story.next_url:
        yield f"goes on at: {story.next_url}"


def _tell_candidate(candidate: Candidate) -> str:
    mark = ">" if candidate.won else " "
    numbers = f"{candidate.blocks} blocks, {candidate.size} characters, {candidate.prose} of running text"
    return f"{mark} {candidate.name}: {numbers}; {candidate.verdict}"


def _tell_step(step: Step) -> str:
    moved = [f"{count} {what}" for count, what in ((step.added, "added"), (step.dropped, "dropped")) if count]
    return f"  then {step.name}: {', '.join(moved)}" + "".join(f"\n      {text!r}" for text in step.texts)


def _tell_field(field: FieldStory) -> str:
    told = f"  {field.field}: {field.value!r}, from {field.source}" if field.value else f"  {field.field}: none"
    return told + "".join(f"\n      passed over: {claim.source} {claim.value!r}" for claim in field.passed_over)


def _tell_removal(removal: RemovalStory) -> str:
    return f"  {removal.rule} ({removal.kind}; {removal.place})\n      {removal.text!r}"
