"""What the browser is told instead of an answer."""

# code: status, Korean, English
REFUSALS = {
    "not-json": (400, "요청을 이해하지 못했어요.", "We couldn't read the request."),
    "invalid-token": (400, "등록 정보가 올바르지 않아요. 고객센터에 문의해 주세요.", "This registration isn't valid. Please contact the shop."),
    "not-signed-in": (401, "로그인해 주세요.", "Please sign in."),
    "cross-origin": (403, "다른 사이트에서 온 요청이에요.", "This request came from another site."),
    "not-yours": (403, "다른 고객님의 카드 등록이에요.", "This registration belongs to another customer."),
    "no-such-route": (404, "없는 주소예요.", "There is nothing here."),
    "unknown-payment": (404, "결제를 찾지 못했어요.", "We couldn't find the payment."),
    "unknown-key": (404, "등록된 카드가 아니에요.", "We don't have this card."),
    "unknown-plan": (404, "없는 이용권이에요.", "There is no such plan."),
    "unknown-order": (404, "없는 주문이에요.", "There is no such order."),
    "too-slow": (408, "요청이 너무 오래 걸렸어요. 다시 시도해 주세요.", "The request took too long. Please try again."),
    "too-large": (413, "요청이 너무 커요.", "The request is too large."),
    "wrong-type": (415, "요청을 이해하지 못했어요.", "We couldn't read the request."),
    "other-order": (422, "주문이 달라요. 고객센터에 문의해 주세요.", "The order doesn't match. Please contact the shop."),
    "other-amount": (422, "금액이 달라요. 고객센터에 문의해 주세요.", "The amount doesn't match. Please contact the shop."),
    "other-key": (422, "카드가 달라요. 고객센터에 문의해 주세요.", "The card doesn't match. Please contact the shop."),
    "cancelled": (422, "취소된 결제예요.", "The payment was cancelled."),
    "no-key": (422, "등록된 카드가 없어요. 고객센터에 문의해 주세요.", "The card wasn't kept. Please contact the shop."),
    "internal": (500, "문제가 생겼어요. 잠시 후 다시 시도해 주세요.", "Something went wrong. Please try again later."),
    "portone-unreachable": (502, "결제 서비스에 연결하지 못했어요. 잠시 후 다시 시도해 주세요.", "We couldn't reach the payment service. Please try again later."),
    "busy": (503, "요청이 많아요. 잠시 후 다시 시도해 주세요.", "We are busy. Please try again later."),
}


class Refusal(Exception):
    """What the browser is told instead of an answer; its text is a code of REFUSALS."""
