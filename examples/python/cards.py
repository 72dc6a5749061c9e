"""The customer's cards."""
import portone
import records
from refusals import Refusal


def list_all(customer):
    rows = records.database().execute("SELECT customer_uid FROM keys WHERE customer = ? AND removed = 0", (customer,)).fetchall()
    held = [(row["customer_uid"], portone.key_of(row["customer_uid"])) for row in rows]
    return {"keys": [{"customerUid": name, "card": portone.card_of(key), "registeredAt": key["inserted"]} for name, key in held if key]}


def remove(customer, customer_uid):
    db = records.database()
    if records.owns(db, customer, customer_uid) is None:
        raise Refusal("unknown-key")
    try:
        portone.ask("DELETE", f"/subscribe/customers/{portone.quote(customer_uid)}")
    except portone.Denied as error:
        if error.status != 404:  # gone already
            raise portone.Lost(str(error)) from error
    db.execute("UPDATE keys SET removed = 1 WHERE customer_uid = ?", (customer_uid,))
    return {"customerUid": customer_uid}
