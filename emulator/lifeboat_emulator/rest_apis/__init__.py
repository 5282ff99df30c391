"""REST APIs of API Gateway as their callers see them: from a request to a host to its answer.

`front` is the way of a request. What an API consists of when it is deployed is `deployed`, which
host and path lead to which stage `locating`. Creating and changing APIs is moto's and the
extensions' business, not this package's.
"""
