"""The review desk: ads that wait for a person, and what people say of them. English, by keyboard or without a script.

The map:

    door          who may come in, whose forms count, and how a page says what went wrong
    render        pages from templates, in the console's frame
    marked        texts of strangers in pieces: evidence, and signs that nobody sees
    differences   what one visitor of a page was shown and another was not
    sentences     what a signal says
    shown_ad      an ad as the desk shows it
    policy_beside the policy's text beside a decision
    pictures      the ad's picture, so that it is nothing but a picture
    queue_routes  the queue, and taking a job
    job_page      a job's page
    job_routes    what people say of a job
    notice_routes notices, a victim's report, and how far its sweep is
    party_routes  who is protected, and whom they permit
    picture_routes reference pictures of who is protected
    figure_routes what is late, who is suspended, how well reviewers agree with known answers
"""

from typing import Any, Final

from haechi.service.desk.figure_routes import FigureRoutes
from haechi.service.desk.job_routes import JobRoutes
from haechi.service.desk.notice_routes import NoticeRoutes
from haechi.service.desk.party_routes import PartyRoutes
from haechi.service.desk.picture_routes import PictureRoutes
from haechi.service.desk.queue_routes import QueueRoutes

__all__ = ["DESK"]

DESK: Final[tuple[Any, ...]] = (
    QueueRoutes,
    JobRoutes,
    NoticeRoutes,
    PartyRoutes,
    PictureRoutes,
    FigureRoutes,
)
"""The routes."""
