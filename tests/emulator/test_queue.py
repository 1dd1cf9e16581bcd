"""Jobs that wait: their order, and what being put off does to it."""

from __future__ import annotations

from emulator.queue import Job, Queue

PERSON, OTHER, GROUP = "00u-person", "00u-other", "gPm-group"


def _all(queue: Queue) -> list[tuple[str, Job]]:
    return list(queue.waiting())


def test_jobs_of_one_subject_keep_their_order() -> None:
    queue = Queue()
    for job in (Job.DEPROVISION, Job.PROVISION, Job.PROFILE):
        queue.add(PERSON, job)
    assert queue.wave() == {PERSON: [Job.DEPROVISION, Job.PROVISION, Job.PROFILE]}


def test_the_same_job_twice_in_a_row_is_one() -> None:
    queue = Queue()
    for job in (Job.PROFILE, Job.PROFILE, Job.PASSWORD, Job.PROFILE):
        queue.add(PERSON, job)
    assert queue.wave() == {PERSON: [Job.PROFILE, Job.PASSWORD, Job.PROFILE]}


def test_people_come_before_groups() -> None:
    queue = Queue()
    queue.add(GROUP, Job.PUSH)
    queue.add(PERSON, Job.PROVISION)
    assert [list(queue.wave()), list(queue.wave()), list(queue.wave())] == [[PERSON], [GROUP], []]


def test_groups_come_first_when_they_race() -> None:
    queue = Queue()
    queue.add(PERSON, Job.PROVISION)
    queue.add(GROUP, Job.PUSH)
    assert list(queue.wave(groups_first=True)) == [GROUP]


def test_groups_to_be_deleted_come_before_other_groups() -> None:
    queue = Queue()
    queue.add("gPm-new", Job.PUSH)
    queue.add("gPm-old", Job.DELETE)
    assert [list(queue.wave()), list(queue.wave())] == [["gPm-old"], ["gPm-new"]]


def test_a_subject_that_was_put_off_holds_what_is_added_meanwhile() -> None:
    queue = Queue()
    queue.put_off(PERSON, [Job.DEPROVISION], due=300.0)
    queue.add(PERSON, Job.PROVISION)
    assert queue.wave() == {}
    queue.wake(299.9)
    assert queue.wave() == {}
    queue.wake(300.0)
    assert queue.wave() == {PERSON: [Job.DEPROVISION, Job.PROVISION]}


def test_what_was_added_while_a_job_ran_does_not_overtake_it() -> None:
    queue = Queue()
    queue.add(PERSON, Job.DEPROVISION)
    taken = queue.wave()[PERSON]
    queue.add(PERSON, Job.PROVISION)
    queue.put_off(PERSON, taken, due=10.0)
    queue.wake(10.0)
    assert queue.wave() == {PERSON: [Job.DEPROVISION, Job.PROVISION]}


def test_jobs_that_are_put_back_come_before_those_that_came_meanwhile() -> None:
    queue = Queue()
    queue.add(PERSON, Job.PROFILE)
    queue.put_back(PERSON, [Job.PROVISION])
    assert _all(queue) == [(PERSON, Job.PROVISION), (PERSON, Job.PROFILE)]


def test_the_next_time_is_that_of_the_earliest_subject() -> None:
    queue = Queue()
    assert queue.next_due is None
    queue.put_off(PERSON, [Job.PROFILE], due=20.0)
    queue.put_off(OTHER, [Job.PROFILE], due=10.0)
    assert queue.next_due == 10.0


def test_dropping_the_job_that_was_put_off_sets_the_others_free() -> None:
    queue = Queue()
    queue.put_off(PERSON, [Job.PROVISION], due=300.0)
    queue.add(PERSON, Job.DEPROVISION)
    assert queue.drop(PERSON, Job.PROVISION)
    assert queue.next_due is None
    assert queue.wave() == {PERSON: [Job.DEPROVISION]}


def test_dropping_a_later_job_leaves_the_one_that_was_put_off_waiting() -> None:
    queue = Queue()
    queue.put_off(PERSON, [Job.DEPROVISION], due=300.0)
    queue.add(PERSON, Job.PROVISION)
    assert queue.drop(PERSON, Job.PROVISION)
    assert queue.next_due == 300.0
    assert _all(queue) == [(PERSON, Job.DEPROVISION)]


def test_dropping_what_is_not_there_is_no_drop() -> None:
    queue = Queue()
    queue.add(PERSON, Job.PROFILE)
    assert not queue.drop(PERSON, Job.PROVISION)
    assert not queue.drop(OTHER, Job.PROVISION)
    assert _all(queue) == [(PERSON, Job.PROFILE)]


def test_a_dropped_job_begins_with_new_patience() -> None:
    queue = Queue()
    queue.patience(PERSON, Job.PROVISION).limited = 9
    queue.drop(PERSON, Job.PROVISION)
    assert queue.patience(PERSON, Job.PROVISION).limited == 0


def test_a_cleared_queue_has_nothing_left() -> None:
    queue = Queue()
    queue.add(GROUP, Job.PUSH)
    queue.put_off(PERSON, [Job.PROFILE], due=1.0)
    assert len(queue) == 2
    queue.clear()
    assert len(queue) == 0
    assert queue.next_due is None
