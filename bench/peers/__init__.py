"""What others would build for the same work, as well as we know how; each runs in the peers' own environment (requirements.txt).

`fastapi_app` and `flask_app` take WeChat's callbacks; `celery_app` and `dramatiq_app` do the transaction of one event, both with `work`.
All of them use quorum queues, persistent messages and awaited confirms.
"""
